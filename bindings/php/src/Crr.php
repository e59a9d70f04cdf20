<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Customer retention rate: of the customers a shop had when the period began, how many did it keep?
 *
 * CRR = (E − N) / S: customers at the end, less those won in the period, over customers at the start. In a shop nobody resigns,
 * so a "customer" at an instant is whoever had at least one occasion in the last W days before it.
 *
 *     Crr::rate(start: 200, end: 220, gained: 40);                          // 0.9
 *     $table = Crr::periods($orders, '2024-06-30', $calendar->periods('2024-01-01', '2024-06-30'), windowDays: 90);
 *     $table->crr[0];                                                      // of January, with crrLow[0] and crrHigh[0]
 *
 * Rates are fractions.
 */
final class Crr
{
    /** CRR from counts: (end − gained) / start. NaN when start is not positive or a count is NaN. */
    public static function rate(float $start, float $end, float $gained): float
    {
        return retain_crr_rate($start, $end, $gained);
    }

    /** Churn from counts: 1 − CRR, without cancellation. NaN as for rate(). */
    public static function churn(float $start, float $end, float $gained): float
    {
        return retain_crr_churn($start, $end, $gained);
    }

    /** A retention rate over a period k times as long: rate^k (12 for month to year: 0.95 a month is 0.54 a year). NaN unless rate is in [0, 1] and k > 0. */
    public static function over(float $rate, float $k): float
    {
        return retain_crr_over($rate, $k);
    }

    /** A churn rate over a period k times as long: 1 − (1 − churn)^k. NaN unless churn is in [0, 1] and k > 0. */
    public static function churnOver(float $churn, float $k): float
    {
        return retain_crr_churn_over($churn, $k);
    }

    /**
     * Grade of a rate: the number of cuts that are <= rate, so 0 is the lowest; −1 when the rate is NaN.
     *
     * @param mixed $cuts list<float>|string|Column, ascending; null means 0.15, 0.30, 0.50, 0.75: bad, weak, fair, good, excellent
     */
    public static function grade(float $rate, mixed $cuts = null): int
    {
        return retain_crr_grade($rate, $cuts);
    }

    /**
     * The customers' coming and going, period by period.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included. A period that was not over by
     *                                      then has NaN everywhere but in `start`
     * @param ?int $windowDays W: active at an instant t means an occasion in [t − W, t). null means derived from the data, as by
     *        window()
     * @param float $windowQuantile share of returning customers who are back within the derived window, in (0, 1)
     * @param float $level two-sided level of the Wilson intervals, in (0, 1)
     * @param CrrActivity $activity who is active: by window, or by the period before
     * @param int $span so many periods count as one, from each beginning on: more than 1 makes a rolling series (13 weeks, every week)
     * @throws DataException for a bad row, or when the data do not give a window (give windowDays then)
     */
    public static function periods(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Periods $periods,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?int $windowDays = null,
        float $windowQuantile = 0.8,
        float $level = 0.95,
        CrrActivity $activity = CrrActivity::Window,
        int $span = 1,
        ?Context $context = null,
    ): CrrPeriods {
        $result = retain_crr_periods(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                $periods->edges,
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $windowDays === null ? 0 : Columns::positiveInt($windowDays, 'windowDays'),
                Columns::positive($windowQuantile, 'windowQuantile'),
                Columns::level($level),
                $activity->value,
                Columns::positiveInt($span, 'span'),
                ...array_fill(0, 16, true),
            ]
        );
        return self::collect($result, $periods, $result['record']['window_days'], $span);
    }

    /**
     * The same coming and going from flags: who had a subscription, a contract or an open account at which instant.
     *
     * A customer is acquired between the last instant before the first 1 and that one; whoever is active at the first instant is
     * known from the start. Entry k lies between the instants k and k + span.
     *
     * @param mixed $active list of one list of 0 and 1 (or false and true) per customer; or, with `instants`, a flat
     *        list<int|bool>|string|Column, customer by customer
     * @param ?int $instants flags per customer; null for a list of lists
     * @param int $span periods lie between instants so many steps apart; more than 1 makes a rolling series
     * @param float $level two-sided level of the Wilson intervals, in (0, 1)
     */
    public static function flags(
        mixed $active,
        ?int $instants = null,
        int $span = 1,
        float $level = 0.95,
        ?Context $context = null,
    ): CrrPeriods {
        [$active, $instants] = Columns::matrix($active, $instants, 'active', 'instants');
        $result = Columns::namingCells('active', $instants, static fn (): array => retain_crr_flags(
            $context?->raw(),
            $active,
            $instants,
            Columns::positiveInt($span, 'span'),
            Columns::level($level),
            ...array_fill(0, 16, true)
        ));
        return self::collect($result, null, 0, $span);
    }

    /** @param array<string, mixed> $result */
    private static function collect(array $result, ?Periods $periods, int $windowDays, int $span): CrrPeriods
    {
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        return new CrrPeriods(
            $periods,
            $windowDays,
            $list('start'),
            $list('acquired'),
            $list('gained'),
            $list('retained'),
            $list('reactivated'),
            $list('lost'),
            $list('end'),
            $list('crr'),
            $list('crr_low'),
            $list('crr_high'),
            $list('crr_strict'),
            $list('crr_strict_low'),
            $list('crr_strict_high'),
            $list('churn'),
            $list('churn_low'),
            $list('churn_high'),
            $span,
        );
    }

    /**
     * An activity window from the data: of the customers who come back, a share `quantile` does so within that many days, by the
     * Kaplan–Meier estimate in which the gap that is still open at the observation end counts as censored (E. L. Kaplan, P.
     * Meier, JASA 53 (1958)).
     *
     * @param float $quantile in (0, 1)
     */
    public static function window(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        float $quantile = 0.8,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): CrrWindow {
        $result = retain_crr_window(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $quantile,
            ]
        );
        return new CrrWindow($result['record']['window_days'], $result['record']['reached']);
    }
}
