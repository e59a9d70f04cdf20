<?php

declare(strict_types=1);

namespace Retain\Survival;

use Retain\Rows;
use Retain\Value;

/** Times by which given shares have ended. */
final readonly class Quantiles extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $share as asked
     * @param list<float> $time NaN where so many have not ended
     * @param list<float> $low limits of Brookmeyer and Crowley; NaN where not reached
     * @param list<float> $high
     */
    public function __construct(public array $share, public array $time, public array $low, public array $high)
    {
    }

    /** Number of shares. */
    public function count(): int
    {
        return count($this->share);
    }
}
