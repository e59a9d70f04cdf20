<?php

declare(strict_types=1);

namespace Retain;

/** The share of customers who are back, day by day (Kaplan–Meier); one entry per number of days on which somebody came back. */
final readonly class RepeatCurve extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $days days, ascending
     * @param list<float> $atRisk durations of at least so many days
     * @param list<float> $events those that ended then
     * @param list<float> $share share back by then
     * @param list<float> $low its limits; NaN where share is 1
     * @param list<float> $high
     */
    public function __construct(
        public array $days,
        public array $atRisk,
        public array $events,
        public array $share,
        public array $low,
        public array $high,
    ) {
    }

    /** Number of points. */
    public function count(): int
    {
        return count($this->days);
    }
}
