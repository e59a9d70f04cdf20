<?php

declare(strict_types=1);

namespace Retain;

/** Why a customer has the risk that he has: what one predictor contributes. */
final readonly class LogisticReason extends Value
{
    /**
     * @param string $predictor name of the column
     * @param float $value of this customer; NaN where missing
     * @param float $reference what it is compared with: the average
     * @param float $contribution to the log odds; above 0: it raises the risk
     */
    public function __construct(
        public string $predictor,
        public float $value,
        public float $reference,
        public float $contribution,
    ) {
    }
}
