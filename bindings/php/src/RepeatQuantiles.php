<?php

declare(strict_types=1);

namespace Retain;

/** Days until such a share of customers is back. */
final readonly class RepeatQuantiles extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $share as asked
     * @param list<float> $days NaN when that share was never reached
     * @param list<float> $low limits of Brookmeyer and Crowley; NaN where not reached
     * @param list<float> $high
     */
    public function __construct(
        public array $share,
        public array $days,
        public array $low,
        public array $high,
    ) {
    }

    /** Number of readings. */
    public function count(): int
    {
        return count($this->share);
    }
}
