<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
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
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     * @param CohortKind $kind what active means: an occasion in exactly that period, or in it or a later one (Bracket is for cells())
     * @param bool $countRunning cells of the period that is running at the observation end hold what was counted so far, instead
     *        of NaN; they stay marked as not complete. For money that adds up; take rates from tables without it
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
        $count = count($periods);
        Columns::refuseBeyondMemory(4.0 * $count * $count, 4.0 * $count, "$count x $count cells");
        $result = Groups::naming($orders, static fn (): array => retain_cohort_active(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                $periods->edges,
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $kind->value,
                (int) $countRunning,
                ...array_fill(0, 5, true),
            ]
        ));
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

    /**
     * A cohort table of any layout: customers, orders and money by acquisition period, group, or both, and by age or period.
     *
     *     $table = Cohort::cells($orders, '2024-06-30', axis: CohortAxis::Rolling, ages: [0, 1, 31, 61], by: new Groups($country));
     *     $table->share()->rate[0][1];           // share of the first country's customers who came back within 30 days
     *     $table->payback(12.50)->age;           // by which day they have earned back what they cost
     *
     * A customer counts in a cell when its window is over at the observation end: with ages in days nobody waits for the rest of
     * his cohort.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param ?Periods $periods acquisition or calendar periods; null where neither rows nor columns are any
     * @param ?Groups $by a group for every customer with an occasion
     * @param ?CohortRows $rows by default the acquisition period, or the group where $by is given
     * @param CohortAxis $axis what a column is: periods since acquisition, calendar periods, or days since each customer's own first order
     * @param mixed $ages list<int>|string|Column: edges of the columns, days for Rolling, ages in periods for Age (null: each age by itself)
     * @param CohortKind $kind what active means: an occasion in exactly that window (Bracket is another name for it, with uneven $ages), or in
     *        it or a later one
     * @param bool $countRunning windows that have only begun count too, with what lies in them so far. For money that adds up; take rates
     *        without it
     * @param float|array<array-key, int|float> $margin share of net money that is profit: one for all, or by customer
     * @param int $replicates of the bootstrap for the intervals of money: 1000 are plenty; 0 means no intervals
     * @param int $seed of the bootstrap: the same seed gives the same intervals
     * @param float $level two-sided level of these intervals, in (0, 1)
     * @param int $occasionDays orders within one such block of days are one occasion, as for Orders::summary()
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too
     * @throws DataException for a bad row, a customer outside the periods, or one without a group or margin
     */
    public static function cells(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        ?Periods $periods = null,
        ?Groups $by = null,
        ?CohortRows $rows = null,
        CohortAxis $axis = CohortAxis::Age,
        mixed $ages = null,
        CohortKind $kind = CohortKind::Period,
        bool $countRunning = false,
        float|array $margin = 1.0,
        int $replicates = 0,
        int $seed = 0,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): CohortCells {
        $rows ??= $by === null ? CohortRows::Period : CohortRows::Group;
        $ages = $ages === null ? null : Columns::ints($ages, 'ages');
        $level = Columns::level($level);
        [$share, $whose, $margins] = self::margins($orders, $margin);
        $arguments = [
            ...$orders->columns(),
            Day::of($observationEnd, 'observationEnd'),
            ...self::layout($orders, $periods, $by, $rows, $axis, $ages),
            Columns::positiveInt($occasionDays, 'occasionDays'),
            (int) $countZeroOrders,
            $kind->value,
            (int) $countRunning,
            $share,
            $whose,
            $margins,
            $replicates,
            $seed,
            $level,
            ...array_fill(0, 18, true),
        ];
        $count = match ($rows) {
            CohortRows::Period => count($periods ?? []),
            CohortRows::Group => count($by ?? []),
            CohortRows::Both => count($periods ?? []) * count($by ?? []),
            default => 1,
        };
        $columns = $ages === null ? count($periods ?? []) : max(0, count($ages) - 1);
        Columns::refuseBeyondMemory(17.0 * $count * $columns, 17.0 * $count, "$count x $columns cells");
        $result = Groups::naming($orders, static fn (): array => retain_cohort_cells($context?->raw(), ...$arguments));
        $columns = $result['record']['columns'];
        $names = [
            'exposed', 'active', 'repeat', 'orders', 'occasions', 'gross', 'refunds', 'net', 'cell_margin', 'cell_value', 'value_error',
            'interval_low', 'interval_high', 'cumulative', 'cumulative_low', 'cumulative_high',
        ];
        $table = static fn (string $name): array => Columns::square(Columns::list($result[$name], Columns::FLOAT64), $columns);
        $complete = array_map('boolval', Columns::list($result['complete'], Columns::UINT8));
        return new CohortCells(
            $rows,
            $axis,
            $kind,
            Columns::list($result['customers'], Columns::FLOAT64),
            ...[
                ...array_map($table, $names),
                Columns::square($complete, $columns),
                $periods,
                $by === null ? [] : $by->labels,
                $ages,
                $level,
            ]
        );
    }

    /**
     * Do two cohorts come back equally fast, and are they worth the same? A permutation test and a bootstrap interval for money, the
     * log-rank test for the time to the second occasion.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $row number of a row of the table, as cells() numbers them: period, group, or group * periods + period
     * @param int $other number of another row
     * @param ?int $column money is that of the columns up to this one; by default the last one to which customers of both rows are
     *        exposed: of two acquisition periods the younger has not reached the last ages
     * @param mixed $ages edges of the columns, as for cells()
     * @param float|array<array-key, int|float> $margin as for cells()
     * @param ?Periods $periods as for cells(), and so are $by, $rows, $axis, $occasionDays and $countZeroOrders
     * @param int $replicates of the permutation test and of the bootstrap; 0 means neither
     * @param int $seed of both
     * @param float $level two-sided level of the interval, in (0, 1)
     * @throws DataException as cells()
     */
    public static function compare(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        int $row,
        int $other,
        ?int $column = null,
        ?Periods $periods = null,
        ?Groups $by = null,
        ?CohortRows $rows = null,
        CohortAxis $axis = CohortAxis::Age,
        mixed $ages = null,
        float|array $margin = 1.0,
        int $replicates = 1000,
        int $seed = 0,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): CohortComparison {
        $arguments = [
            ...$orders->columns(),
            Day::of($observationEnd, 'observationEnd'),
            ...self::layout($orders, $periods, $by, $rows, $axis, $ages),
            $row,
            $other,
            $column === -1 ? throw new ArgumentException('column is -1; it must not be negative', 1) : $column ?? -1,
            Columns::positiveInt($occasionDays, 'occasionDays'),
            (int) $countZeroOrders,
            ...self::margins($orders, $margin),
            $replicates,
            $seed,
            Columns::level($level),
        ];
        $found = Groups::naming($orders, static fn (): array => retain_cohort_compare($context?->raw(), ...$arguments));
        return new CohortComparison(...array_values($found['record']));
    }

    /**
     * Rows and columns in the order of the raw extension.
     *
     * @return list<mixed>
     */
    private static function layout(
        Orders $orders,
        ?Periods $periods,
        ?Groups $by,
        ?CohortRows $rows,
        CohortAxis $axis,
        mixed $ages,
    ): array {
        $rows ??= $by === null ? CohortRows::Period : CohortRows::Group;
        if (($by !== null) !== ($rows === CohortRows::Group || $rows === CohortRows::Both)) {
            throw new ArgumentException('rows must be Group or Both where by is given, and only there', 1);
        }
        $ages = $ages === null ? null : Columns::ints($ages, 'ages');
        return [$rows->value, $axis->value, $periods?->edges, $ages, ...$by?->columns($orders) ?? [null, null, 0]];
    }

    /**
     * One margin for all, or one for each customer. The library reads 0 as "the default", so a 0 becomes a column.
     *
     * @param float|array<array-key, int|float> $margin
     * @return array{float, ?list<int>, ?list<float>}
     */
    private static function margins(Orders $orders, float|array $margin): array
    {
        if (is_float($margin) && $margin !== 0.0) {
            return [$margin, null, null];
        }
        $of = [];
        if (is_float($margin)) {
            $of = array_fill_keys(Columns::list($orders->customer, Columns::INT64), 0.0);
        } else {
            $known = $orders->names === null ? null : array_flip($orders->names);
            foreach ($margin as $customer => $share) {
                if (!is_float($share) && !is_int($share)) {
                    throw new ArgumentException("the margin of '$customer' is " . get_debug_type($share) . '; it must be a number', 1);
                }
                if ($known === null && !is_int($customer)) {
                    throw new ArgumentException("margin has the customer '$customer'; the customers of the log are ints", 1);
                }
                $key = $known === null ? $customer : $known[$customer] ?? null;
                if ($key !== null) {
                    $of[$key] = $share;
                }
            }
        }
        ksort($of);
        return [1.0, array_keys($of), array_values(array_map('floatval', $of))];
    }
}
