<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** How far off a forecast is. Limits are NaN below two customers and where there is no variety. */
final readonly class Errors extends Value
{
    /**
     * @param float $customers sum of the weights
     * @param float $expected sum of what was forecast
     * @param float $actual sum of what came
     * @param float $bias mean of expected − actual: positive when too much was forecast
     * @param float $biasLow lower limit
     * @param float $biasHigh upper limit
     * @param float $mae mean of |expected − actual|. A forecast of 0 for all can win here: it is the median of many shops
     * @param float $maeLow lower limit
     * @param float $maeHigh upper limit
     * @param float $rmse root of the mean of (expected − actual)², which the true expectation makes smallest
     * @param float $rmseLow lower limit
     * @param float $rmseHigh upper limit
     * @param float $aggregate sum expected / sum actual − 1, the error of the total; NaN unless that sum is positive
     * @param float $aggregateLow lower limit
     * @param float $aggregateHigh upper limit
     */
    public function __construct(
        public float $customers,
        public float $expected,
        public float $actual,
        public float $bias,
        public float $biasLow,
        public float $biasHigh,
        public float $mae,
        public float $maeLow,
        public float $maeHigh,
        public float $rmse,
        public float $rmseLow,
        public float $rmseHigh,
        public float $aggregate,
        public float $aggregateLow,
        public float $aggregateHigh,
    ) {
    }
}
