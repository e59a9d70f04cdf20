<?php

declare(strict_types=1);

namespace Retain;

/** Retention by cohort and age, with its interval: fractions, NaN where a cell does not exist or its cohort is empty. */
final readonly class CohortRetention extends Value
{
    /**
     * @param list<list<float>> $rate
     * @param list<list<float>> $low Wilson limits
     * @param list<list<float>> $high
     */
    public function __construct(
        public Periods $periods,
        public array $rate,
        public array $low,
        public array $high,
        public float $level,
    ) {
    }
}
