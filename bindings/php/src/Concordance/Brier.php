<?php

declare(strict_types=1);

namespace Retain\Concordance;

use Retain\Value;

/** How far forecasts of still being there are off. */
final readonly class Brier extends Value
{
    /**
     * @param float $integrated mean of the Brier score over the times, by the trapezoidal rule; NaN for fewer than two times
     * @param float $standardError
     * @param float $low its limits
     * @param float $high upper limit
     * @param float $nullValue the same for the Kaplan-Meier estimate given to all: what a forecast has to beat
     * @param Times $times figures time by time
     */
    public function __construct(
        public float $integrated,
        public float $standardError,
        public float $low,
        public float $high,
        public float $nullValue,
        public Times $times,
    ) {
    }

    /** 1 - integrated / nullValue: the share of the error that the forecast takes away. */
    public function scaled(): float
    {
        return $this->nullValue > 0.0 ? 1.0 - $this->integrated / $this->nullValue : NAN;
    }
}
