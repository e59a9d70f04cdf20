<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Value;

/** How well a forecast ranks. */
final readonly class Ranking extends Value
{
    /**
     * @param float $customers sum of the weights
     * @param float $gini concentration of actual along the forecast, in [−1, 1]: 0 for a ranking at random
     * @param float $perfect Gini coefficient of actual: the same for a ranking by what came
     * @param float $normalised gini / perfect
     * @param float $normalisedLow lower limit
     * @param float $normalisedHigh upper limit
     * @param float $spearman Spearman's rank correlation, ties at their mid-ranks
     * @param float $spearmanLow lower limit
     * @param float $spearmanHigh upper limit
     */
    public function __construct(
        public float $customers,
        public float $gini,
        public float $perfect,
        public float $normalised,
        public float $normalisedLow,
        public float $normalisedHigh,
        public float $spearman,
        public float $spearmanLow,
        public float $spearmanHigh,
    ) {
    }
}
