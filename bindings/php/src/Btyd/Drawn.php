<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Value;

/** What draws say about one parameter or coefficient. */
final readonly class Drawn extends Value
{
    /**
     * @param float $mean
     * @param float $deviation standard deviation
     * @param float $median
     * @param float $low limits: quantiles
     * @param float $high
     * @param float $error Monte Carlo standard error of the mean: how far more draws could move it
     * @param float $rHat of the chains, below 1.01 where they agree; NaN for what is held, and without chains
     * @param float $essBulk effective sample size in the middle
     * @param float $essTail effective sample size at the 5 % and 95 % quantiles
     */
    public function __construct(
        public float $mean,
        public float $deviation,
        public float $median,
        public float $low,
        public float $high,
        public float $error,
        public float $rHat,
        public float $essBulk,
        public float $essTail,
    ) {
    }
}
