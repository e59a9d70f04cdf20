<?php

declare(strict_types=1);

namespace Retain\Clv;

use Retain\Value;

/** What the naive formulas say of some customers, and what a model does. */
final readonly class Naive extends Value
{
    /**
     * @param float $orderValue revenue / occasions
     * @param float $ordersPerPeriod occasions, first ones too, per customer and period of observation
     * @param float $start customers who were there a period before the observation end
     * @param float $retained of these, who bought in that last period
     * @param float $retention retained / start
     * @param float $lifetime 1 / (1 − retention), in periods
     * @param float $lifespan margin × order value × orders per period × lifetime
     * @param float $retentionValue m r / (1 + d − r)
     * @param float $retentionFirst m (1 + d) / (1 + d − r)
     * @param float $model value of a new customer by the model, first order included; NaN without one
     * @param float $modelLow
     * @param float $modelHigh
     * @param float $lifespanRatio naive / model: below 1, the formula gives away customers that are worth keeping
     * @param float $retentionRatio
     * @param float $retentionFirstRatio
     */
    public function __construct(
        public float $orderValue,
        public float $ordersPerPeriod,
        public float $start,
        public float $retained,
        public float $retention,
        public float $lifetime,
        public float $lifespan,
        public float $retentionValue,
        public float $retentionFirst,
        public float $model,
        public float $modelLow,
        public float $modelHigh,
        public float $lifespanRatio,
        public float $retentionRatio,
        public float $retentionFirstRatio,
    ) {
    }
}
