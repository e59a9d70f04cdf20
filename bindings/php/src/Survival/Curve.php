<?php

declare(strict_types=1);

namespace Retain\Survival;

use Retain\Rows;
use Retain\Value;

/** The share that lasts, time by time. */
final readonly class Curve extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $time times at which a row ended or was last seen, ascending
     * @param list<float> $atRisk rows at risk there
     * @param list<float> $events rows that ended there
     * @param list<float> $censored rows that were last seen there
     * @param list<float> $survival share that lasts longer (Kaplan–Meier)
     * @param list<float> $standardError of it; NaN where it is 0
     * @param list<float> $low its limits; NaN where it is 0 or 1
     * @param list<float> $high
     * @param list<float> $hazard cumulative hazard (Nelson–Aalen)
     * @param list<float> $hazardError its standard error
     * @param list<float> $hazardLow its limits; NaN where it is 0
     * @param list<float> $hazardHigh
     */
    public function __construct(
        public array $time,
        public array $atRisk,
        public array $events,
        public array $censored,
        public array $survival,
        public array $standardError,
        public array $low,
        public array $high,
        public array $hazard,
        public array $hazardError,
        public array $hazardLow,
        public array $hazardHigh,
    ) {
    }

    /** Number of times. */
    public function count(): int
    {
        return count($this->time);
    }
}
