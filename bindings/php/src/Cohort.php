<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Cohorts: of the customers won in January, how many bought again in February, in March, …?
 *
 *     $table = Cohort::active($orders, '2024-06-30', $calendar->periods('2024-01-01', '2024-06-30'));
 *     $table->retention()->rate[0][1];       // share of January's customers who came back in February
 *     $table->average()->rate[1];            // over all cohorts, weighted by their size
 *
 * A customer belongs to the cohort of the period that holds the first occasion. Age counts periods from there: 0 is the
 * acquisition period, in which everyone is active by definition.
 */
final class Cohort
{
    /**
     * Customers, orders and money by cohort and age.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param Periods $periods must begin no later than the first occasion of the log, so that no customer's beginning is missed
     * @param bool $countRunning cells of the period that is running at the observation end hold what was counted so far, instead
     *                           of NaN; they stay
     *                           marked as not complete. For money that adds up; take rates from tables without it
     * @throws DataException for a bad row, or one that makes an occasion outside the periods
     */
    public static function active(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Periods $periods,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        CohortKind $kind = CohortKind::Period,
        bool $countRunning = false,
        ?Context $context = null,
    ): CohortTable {
        $result = retain_cohort_active(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd),
                $periods->edges,
                (int) Columns::positive($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $kind->value,
                (int) $countRunning,
                ...array_fill(0, 5, true),
            ]
        );
        $size = Columns::list($result['size'], Columns::FLOAT64);
        $square = static fn (string $name): array => Columns::square(Columns::list($result[$name], Columns::FLOAT64), count($size));
        $complete = array_map('boolval', Columns::list($result['complete'], Columns::UINT8));
        return new CohortTable(
            $periods,
            $kind,
            $size,
            $square('active'),
            $square('orders_placed'),
            $square('revenue'),
            Columns::square($complete, count($size))
        );
    }
}
