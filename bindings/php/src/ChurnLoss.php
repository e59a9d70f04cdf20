<?php

declare(strict_types=1);

namespace Retain;

/** How many leave, and what leaves with them: Churn::lost(). */
final readonly class ChurnLoss extends Value
{
    /**
     * @param float $customers the sum of the risks
     * @param float $low prediction limits of the number
     * @param float $money expected loss; NaN without values
     * @param float $moneyLow normal limits of it
     */
    public function __construct(
        public float $customers,
        public float $low,
        public float $high,
        public float $money,
        public float $moneyLow,
        public float $moneyHigh,
    ) {
    }
}
