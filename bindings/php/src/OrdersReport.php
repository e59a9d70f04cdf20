<?php

declare(strict_types=1);

namespace Retain;

/**
 * What became of the rows of an order log. Every order is in exactly one of the `...Orders` fields, and the values add up to the
 * sum of all rows at or before the observation end.
 */
final readonly class OrdersReport extends Value
{
    /** @internal names in the raw extension */
    public const FIELDS = [
        'rows', 'late_rows', 'customers', 'lost_customers', 'kept_orders', 'zero_orders', 'refunded_orders', 'unmatched_orders',
        'cancelled_orders', 'occasions', 'kept_value', 'refunded_value', 'unmatched_value', 'cancelled_value',
        'kept_gross', 'kept_refunds',
    ];

    /**
     * @param int $rows rows read
     * @param int $lateRows rows after the observation end: not used
     * @param int $customers customers with at least one occasion
     * @param int $lostCustomers customers in the log without any occasion: not in the summary
     * @param float $keptOrders orders that make an occasion
     * @param float $zeroOrders orders without a negative row whose value is zero
     * @param float $refundedOrders orders with positive and negative rows whose value is zero or less
     * @param float $unmatchedOrders orders of negative rows only: refunds that belong to no order of the log
     * @param float $cancelledOrders orders with a cancelled row
     * @param float $occasions occasions of all customers
     * @param float $keptValue money of the kept orders
     * @param float $refundedValue money of the refunded orders (zero or less)
     * @param float $unmatchedValue money of the unmatched orders (less than zero)
     * @param float $cancelledValue money of the cancelled orders
     * @param float $keptGross money of the kept orders before refunds
     * @param float $keptRefunds refunds within the kept orders, zero or less: keptGross + keptRefunds = keptValue
     */
    public function __construct(
        public int $rows,
        public int $lateRows,
        public int $customers,
        public int $lostCustomers,
        public float $keptOrders,
        public float $zeroOrders,
        public float $refundedOrders,
        public float $unmatchedOrders,
        public float $cancelledOrders,
        public float $occasions,
        public float $keptValue,
        public float $refundedValue,
        public float $unmatchedValue,
        public float $cancelledValue,
        public float $keptGross,
        public float $keptRefunds,
    ) {
    }
}
