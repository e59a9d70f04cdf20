<?php

declare(strict_types=1);

namespace Retain\Clv;

use Retain\PaybackOutcome;
use Retain\Value;

/** When a cost is earned back. */
final readonly class Payback extends Value
{
    /**
     * @param PaybackOutcome $outcome Reached; Missed: never within the horizon; None: the cost is not known (NaN), or there is no value
     * @param float $days from the observation end on, for new customers from the first order on; 0: already. NaN unless reached
     * @param float $daysLow when the upper limit of the margin so far reaches the cost
     * @param float $daysHigh when its lower limit does; infinite: it may be never
     * @param float $value margin so far and to come within the horizon
     * @param float $valueLow
     * @param float $valueHigh
     * @param float $ratio value / cost, the CLV:CAC ratio
     * @param float $ratioLow
     * @param float $ratioHigh
     */
    public function __construct(
        public PaybackOutcome $outcome,
        public float $days,
        public float $daysLow,
        public float $daysHigh,
        public float $value,
        public float $valueLow,
        public float $valueHigh,
        public float $ratio,
        public float $ratioLow,
        public float $ratioHigh,
    ) {
    }
}
