<?php

declare(strict_types=1);

namespace Retain\Scoring;

use Retain\Value;

/** Is the second score better than the first, on the same customers? */
final readonly class Comparison extends Value
{
    /**
     * @param float $firstAuc AUC of the first score
     * @param float $secondAuc AUC of the second
     * @param float $aucGain by how much the second is larger
     * @param float $aucError its standard error (DeLong et al. 1988)
     * @param float $aucLow its limits; NaN where the error is 0
     * @param float $aucHigh
     * @param float $aucPValue chance of a gain or loss at least as large, were both as good
     * @param float $brierGain by how much the second has the smaller Brier score; NaN unless both are probabilities
     * @param float $brierLow its limits
     * @param float $brierHigh
     */
    public function __construct(
        public float $firstAuc,
        public float $secondAuc,
        public float $aucGain,
        public float $aucError,
        public float $aucLow,
        public float $aucHigh,
        public float $aucPValue,
        public float $brierGain,
        public float $brierLow,
        public float $brierHigh,
    ) {
    }
}
