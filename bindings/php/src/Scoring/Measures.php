<?php

declare(strict_types=1);

namespace Retain\Scoring;

use Retain\Value;

/** How good a score is. */
final readonly class Measures extends Value
{
    /**
     * @param float $customers sum of the weights
     * @param float $positives to how many of them it happened
     * @param float $prevalence positives / customers
     * @param float $prevalenceLow its Wilson limits
     * @param float $prevalenceHigh
     * @param float $auc chance that of two customers of differing outcome the right one has the larger score, equal scores counting half; NaN unless
     *        there are both outcomes
     * @param float $aucError its standard error (DeLong et al. 1988)
     * @param float $aucLow its limits, symmetric in its logit; NaN where the error is 0
     * @param float $aucHigh
     * @param float $averagePrecision mean share to whom it happened among all with such a score or a larger one, over those to whom it happened
     * @param float $meanScore mean probability; NaN, as all below, when a score lies outside [0, 1]
     * @param float $brier mean of (probability − outcome)²: uncertainty − discrimination + miscalibration
     * @param float $brierLow its limits
     * @param float $brierHigh
     * @param float $uncertainty what the prevalence, given to all, would score
     * @param float $discrimination what the order of the scores takes off
     * @param float $miscalibration what probabilities that are off add
     * @param float $logLoss mean of −log(probability given to what happened)
     * @param float $logLossLow its limits; NaN where infinite
     * @param float $logLossHigh
     * @param float $calibrationError expected calibration error, of groups of equal number: prefer the miscalibration
     * @param float $intercept of a logistic regression on the logit: 0 where probabilities mean what they say
     * @param float $interceptError its standard error
     * @param float $slope the same: 1; below 1 the score is too bold
     * @param float $slopeError its standard error
     * @param float $gini Gini coefficient, also accuracy ratio or Somers' D: 2 AUC − 1
     * @param float $ks Kolmogorov–Smirnov statistic: the largest distance of recall and fallout
     * @param float $ksScore the score where they are so far apart
     */
    public function __construct(
        public float $customers,
        public float $positives,
        public float $prevalence,
        public float $prevalenceLow,
        public float $prevalenceHigh,
        public float $auc,
        public float $aucError,
        public float $aucLow,
        public float $aucHigh,
        public float $averagePrecision,
        public float $meanScore,
        public float $brier,
        public float $brierLow,
        public float $brierHigh,
        public float $uncertainty,
        public float $discrimination,
        public float $miscalibration,
        public float $logLoss,
        public float $logLossLow,
        public float $logLossHigh,
        public float $calibrationError,
        public float $intercept,
        public float $interceptError,
        public float $slope,
        public float $slopeError,
        public float $gini,
        public float $ks,
        public float $ksScore,
    ) {
    }
}
