<?php

declare(strict_types=1);

namespace Retain;

/** The books of all periods together. */
final readonly class LedgerTotals extends Value
{
    /**
     * @param float $orders orders that make an occasion
     * @param float $refundedOrders orders that were paid back in full
     * @param float $gross money of both before refunds
     * @param float $refunds zero or less: the same by order and by day
     * @param float $net gross + refunds
     * @param float $unmatched refunds of orders that are not in the log
     * @param float $cancelled money of cancelled orders
     * @param float $money net + unmatched + cancelled: the sum of all rows up to the observation end
     */
    public function __construct(
        public float $orders,
        public float $refundedOrders,
        public float $gross,
        public float $refunds,
        public float $net,
        public float $unmatched,
        public float $cancelled,
        public float $money,
    ) {
    }
}
