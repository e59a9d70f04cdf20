<?php

declare(strict_types=1);

namespace Retain;

/** Money by period; every list has one entry per period, NaN where the period has not begun. */
final readonly class LedgerPeriods extends Value implements \Countable
{
    /**
     * @param list<float> $orders orders that make an occasion
     * @param list<float> $refundedOrders orders that were paid back in full
     * @param list<float> $gross money of both before refunds
     * @param list<float> $refundsByOrder refunds of the orders of the period, zero or less, whenever they were paid
     * @param list<float> $refundsByDay refunds paid in the period, zero or less, whatever order they belong to
     * @param list<float> $netByOrder gross + refundsByOrder
     * @param list<float> $netByDay gross + refundsByDay
     * @param list<float> $unmatched refunds, each on its own day, of orders that are not in the log
     * @param list<float> $cancelled money of cancelled orders, refunds included, on the day of the order
     * @param list<bool> $complete is the period over? One that is running holds what was booked so far
     */
    public function __construct(
        public Periods $periods,
        public array $orders,
        public array $refundedOrders,
        public array $gross,
        public array $refundsByOrder,
        public array $refundsByDay,
        public array $netByOrder,
        public array $netByDay,
        public array $unmatched,
        public array $cancelled,
        public array $complete,
        public LedgerTotals $totals,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->orders);
    }

    /**
     * The periods one by one: label and figures by name.
     *
     * @return list<array<string, string|float|bool>>
     */
    public function rows(): array
    {
        $columns = array_diff_key(get_object_vars($this), ['periods' => 0, 'totals' => 0]);
        $rows = [];
        foreach ($this->periods->labels() as $k => $label) {
            $rows[] = ['period' => $label] + array_map(static fn (array $column): float|bool => $column[$k], $columns);
        }
        return $rows;
    }
}
