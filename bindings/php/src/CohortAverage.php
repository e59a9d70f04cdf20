<?php

declare(strict_types=1);

namespace Retain;

/** Retention by age over all cohorts that completed it: fractions, NaN at ages that none did. */
final readonly class CohortAverage extends Value
{
    /**
     * @param list<float> $rate by age
     * @param list<float> $customers denominators
     * @param list<float> $low Wilson limits
     * @param list<float> $high
     */
    public function __construct(
        public array $rate,
        public array $customers,
        public array $low,
        public array $high,
        public float $level,
    ) {
    }
}
