<?php

declare(strict_types=1);

namespace Retain;

/** The figures of a whole log. "Later" occasions are all but a customer's first. */
final readonly class RepeatSummary extends Value
{
    /**
     * @param Figure $repeat customers with two or more occasions / customers
     * @param Figure $oneTime customers with one occasion / customers
     * @param Figure $ordersPerCustomer orders / customers
     * @param Figure $occasionsPerCustomer occasions / customers
     * @param Figure $revenuePerCustomer revenue / customers
     * @param Figure $orderValue revenue / orders: average order value
     * @param Figure $occasionValue revenue / occasions
     * @param Figure $firstValue money of first occasions / customers
     * @param Figure $laterValue money of later occasions / later occasions
     * @param Figure $repeatFirstValue money of the repeat customers' first occasions / repeat customers
     * @param Figure $oneTimeRevenue revenue of one-time customers / one-time customers
     * @param Figure $repeatRevenue revenue of repeat customers / repeat customers
     * @param Figure $laterShare money of later occasions / revenue
     * @param Figure $laterToFirst laterValue / firstValue: a returning occasion against a first one
     * @param Figure $laterToOwnFirst laterValue / repeatFirstValue: the same among the repeat customers alone, so that what
     *        they were like from the beginning is not taken for an effect of coming back
     * @param Figure $repeatToOneTime repeatRevenue / oneTimeRevenue: what a repeat customer brings against a one-time one
     */
    public function __construct(
        public Figure $repeat,
        public Figure $oneTime,
        public Figure $ordersPerCustomer,
        public Figure $occasionsPerCustomer,
        public Figure $revenuePerCustomer,
        public Figure $orderValue,
        public Figure $occasionValue,
        public Figure $firstValue,
        public Figure $laterValue,
        public Figure $repeatFirstValue,
        public Figure $oneTimeRevenue,
        public Figure $repeatRevenue,
        public Figure $laterShare,
        public Figure $laterToFirst,
        public Figure $laterToOwnFirst,
        public Figure $repeatToOneTime,
    ) {
    }
}
