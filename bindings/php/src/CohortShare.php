<?php

declare(strict_types=1);

namespace Retain;

/** Shares of exposed customers, cell by cell, with their interval: fractions, NaN where nobody is exposed. */
final readonly class CohortShare extends Value
{
    /**
     * @param list<list<float>> $rate
     * @param list<list<float>> $low Wilson limits
     * @param list<list<float>> $high
     */
    public function __construct(
        public array $rate,
        public array $low,
        public array $high,
        public float $level,
    ) {
    }
}
