<?php

declare(strict_types=1);

namespace Retain\Accelerated;

use Retain\Rows;
use Retain\Value;

/** A forecast of each row, with limits. */
final readonly class Limits extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $value NaN where a predictor is missing
     * @param list<float> $low
     * @param list<float> $high
     */
    public function __construct(public array $value, public array $low, public array $high)
    {
    }

    /** Number of rows. */
    public function count(): int
    {
        return count($this->value);
    }
}
