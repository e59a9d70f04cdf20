<?php

declare(strict_types=1);

namespace Retain\Boosting;

use Retain\Value;

/** Why a customer has the probability that he has: one column's part of it. */
final readonly class Reason extends Value
{
    /**
     * @param string $predictor name of the column
     * @param float $value of this customer; NaN where missing
     * @param float $contribution to the log odds, against the average customer; above 0: it raises the risk
     */
    public function __construct(
        public string $predictor,
        public float $value,
        public float $contribution,
    ) {
    }
}
