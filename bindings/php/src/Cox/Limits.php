<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Rows;
use Retain\Value;

/** A forecast of each row, with limits that know how uncertain coefficients and baseline are. */
final readonly class Limits extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $value NaN beyond the longest that anybody was watched
     * @param list<float> $standardError
     * @param list<float> $low
     * @param list<float> $high
     */
    public function __construct(public array $value, public array $standardError, public array $low, public array $high)
    {
    }

    /** Number of rows. */
    public function count(): int
    {
        return count($this->value);
    }
}
