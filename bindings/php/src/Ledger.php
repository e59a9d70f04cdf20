<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * How much was sold and paid back in each period, and does it add up to the books?
 *
 * A refund has two dates: the day of the order that it takes back, which tells how good that month's sales were, and its own day,
 * on which the money left the till. Both ledgers are here, side by side, with the same totals.
 *
 *     $books = Ledger::periods($orders, '2024-06-30', $calendar->periods('2024-01-01', '2024-06-30'));
 *     $books->netByOrder[0];            // January's sales, less whatever was paid back for them later
 *     $books->netByDay[0];              // January's sales, less what was paid back in January
 */
final class Ledger
{
    /**
     * Money by period, refunds dated both ways. Refunds are matched with their orders by order id; in a log without order ids
     * every refund is unmatched.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included. A refund that is paid later is not
     *        in the books yet
     * @param Periods $periods every row up to the observation end must lie in one of them: a ledger leaves nothing out
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     * @throws DataException for a bad row, or one outside the periods
     */
    public static function periods(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Periods $periods,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): LedgerPeriods {
        $result = Groups::naming($orders, static fn (): array => retain_ledger_periods(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                $periods->edges,
                (int) $countZeroOrders,
                ...array_fill(0, 10, true),
            ]
        ));
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        $total = $result['record'];
        return new LedgerPeriods(
            $periods,
            $list('orders'),
            $list('refunded_orders'),
            $list('gross'),
            $list('refunds_by_order'),
            $list('refunds_by_day'),
            $list('net_by_order'),
            $list('net_by_day'),
            $list('unmatched'),
            $list('cancelled_value'),
            array_map(boolval(...), Columns::list($result['complete'], Columns::UINT8)),
            new LedgerTotals(
                $total['orders'],
                $total['refunded_orders'],
                $total['gross'],
                $total['refunds'],
                $total['net'],
                $total['unmatched'],
                $total['cancelled'],
                $total['money']
            )
        );
    }
}
