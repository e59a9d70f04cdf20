<?php

declare(strict_types=1);

namespace Retain;

/** Share of customers who are back within so many days. */
final readonly class RepeatWithin extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $days as asked
     * @param list<float> $share NaN when no duration that long was observed
     * @param list<float> $low limits; NaN also while share is 0 or 1
     * @param list<float> $high
     * @param list<float> $atRisk durations of at least so many days
     */
    public function __construct(
        public array $days,
        public array $share,
        public array $low,
        public array $high,
        public array $atRisk,
    ) {
    }

    /** Number of readings. */
    public function count(): int
    {
        return count($this->days);
    }
}
