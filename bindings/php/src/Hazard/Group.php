<?php

declare(strict_types=1);

namespace Retain\Hazard;

use Retain\Value;

/** Periods that share a hazard. */
final readonly class Group extends Value
{
    /**
     * @param int $first its first period
     * @param int $until its last period
     * @param float $baseline of the reference customer, on the scale of the link
     * @param float $atRisk periods of customers
     * @param float $events those who left; events / atRisk is the hazard without predictors
     */
    public function __construct(
        public int $first,
        public int $until,
        public float $baseline,
        public float $atRisk,
        public float $events,
    ) {
    }
}
