<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Value;
use Retain\Verdict;

/** What there is to say about the fit of a calibration. Arrays are by name of the parameter. */
final readonly class Report extends Value
{
    /**
     * @param string $explanation the verdict in words
     * @param float $customers sum of the weights
     * @param float $positives to how many of them it happened
     * @param int $iterations Newton steps taken
     * @param float $logLikelihood of the outcomes, as they are, at the calibration found
     * @param array<string, float> $standardError 0 for what is held at 0; NaN without a verdict of convergence
     * @param array<string, float> $low lower limits
     * @param array<string, float> $high upper limits
     * @param list<float> $covariance of a, b and c, row after row
     */
    public function __construct(
        public Verdict $verdict,
        public string $explanation,
        public float $customers,
        public float $positives,
        public int $iterations,
        public float $logLikelihood,
        public array $standardError,
        public array $low,
        public array $high,
        public array $covariance,
    ) {
    }
}
