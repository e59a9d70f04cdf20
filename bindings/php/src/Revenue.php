<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Revenue retention: of last period's revenue, how much is left, what was added, and does keeping pay?
 *
 *     $bridge = Revenue::bridge($orders, '2024-06-30', $calendar->periods('2024-01-01', '2024-06-30'));
 *     $bridge->nrr[1];                                      // of February, with nrrLow[1] and nrrHigh[1]
 *     Revenue::amounts([[100, 100, 120], [50, 40, 40]]);    // from monthly amounts per customer
 *
 * GRR is the sum of min(before, now) over the customers of the start, NRR the sum of now, both over the revenue before. Customers who
 * came back are `reactivated` and in neither. Intervals: ratio estimator by linearisation, Student's t (W. G. Cochran, Sampling
 * Techniques, 3rd ed. (1977), sections 2.11 and 6.4).
 */
final class Revenue
{
    /**
     * The revenue bridge from orders: each period beside the one `lag` periods before.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $lag 1 for the period before; 12, with months, for the year-over-year NRR that subscription businesses report
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @throws DataException for a bad row
     */
    public static function bridge(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        Periods $periods,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        int $lag = 1,
        float $level = 0.95,
        ?Context $context = null,
    ): RevenueBridge {
        $result = retain_revenue_bridge(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                $periods->edges,
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                Columns::positiveInt($lag, 'lag'),
                Columns::level($level),
                ...array_fill(0, 21, true),
            ]
        );
        return self::collect($result, $periods, $lag);
    }

    /**
     * The same bridge from amounts per customer and period: monthly recurring revenue, contract values, points.
     *
     * @param mixed $amounts list of one list of amounts per customer, 0 for nothing; or, with `periods`, a flat
     *        list<float>|string|Column, customer by customer. Not negative, at most 1e280. A customer is acquired in the first period with
     *        an amount
     * @param ?int $periods amounts per customer; null for a list of lists
     * @param int $lag 1 for the period before; 12, with months, for year over year
     * @param float $level two-sided level of the intervals, in (0, 1)
     * @throws DataException for an amount that is negative or above 1e280
     */
    public static function amounts(
        mixed $amounts,
        ?int $periods = null,
        int $lag = 1,
        float $level = 0.95,
        ?Context $context = null,
    ): RevenueBridge {
        [$amounts, $periods] = Columns::matrix($amounts, $periods, 'amounts', 'periods');
        $result = Columns::namingCells('amounts', $periods, static fn (): array => retain_revenue_amounts(
            $context?->raw(),
            $amounts,
            $periods,
            Columns::positiveInt($lag, 'lag'),
            Columns::level($level),
            ...array_fill(0, 21, true)
        ));
        return self::collect($result, null, $lag);
    }

    /**
     * Cost per customer: spend / customers. With what was spent on winning customers and how many were won, the acquisition cost; with
     * what was spent on keeping them and how many were kept, the retention cost. NaN unless spend >= 0 and customers > 0.
     *
     * @param float $spend money of a period
     * @param float $customers customers won, or kept, in it
     */
    public static function costPerCustomer(float $spend, float $customers): float
    {
        return retain_revenue_cost_per_customer($spend, $customers);
    }

    /**
     * So many times what keeping a customer costs, winning one does: the "5 to 25 times" of the articles, from the shop's own books.
     *
     * @param float $acquisitionSpend spent on winning customers in a period
     * @param float $acquired customers won in it
     * @param float $retentionSpend spent on keeping customers in it
     * @param float $retained customers kept
     * @return float NaN where a cost per customer is, and when keeping costs nothing
     */
    public static function costRatio(float $acquisitionSpend, float $acquired, float $retentionSpend, float $retained): float
    {
        return retain_revenue_cost_ratio($acquisitionSpend, $acquired, $retentionSpend, $retained);
    }

    /**
     * Lifetime value at constant retention: margin × retention / (1 + i − retention), i being the discount rate of a period (S. Gupta,
     * D. R. Lehmann, Journal of Interactive Marketing 17(1) (2003), 9–24). A margin that is earned right now is not in it. Infinite when
     * nobody leaves and nothing is discounted; NaN unless retention is in [0, 1], annualRate >= 0 and periodsPerYear > 0.
     *
     * @param float $margin profit of a customer in a period
     * @param float $retention share of customers who stay from one period to the next, a fraction: 0.8 for 80 %
     * @param float $annualRate effective annual discount rate: 0.10 for 10 %
     * @param float $periodsPerYear 12 for months
     */
    public static function lifetimeValue(
        float $margin,
        float $retention,
        float $annualRate = 0.0,
        float $periodsPerYear = 12.0,
    ): float {
        return retain_revenue_lifetime_value($margin, $retention, $annualRate, $periodsPerYear);
    }

    /** @param array<string, mixed> $result */
    private static function collect(array $result, ?Periods $periods, int $lag): RevenueBridge
    {
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        return new RevenueBridge(
            $periods,
            $lag,
            $list('start'),
            $list('acquired'),
            $list('reactivated'),
            $list('expansion'),
            $list('contraction'),
            $list('lost'),
            $list('end'),
            $list('start_customers'),
            $list('acquired_customers'),
            $list('reactivated_customers'),
            $list('retained_customers'),
            $list('expanded_customers'),
            $list('contracted_customers'),
            $list('lost_customers'),
            $list('end_customers'),
            $list('grr'),
            $list('grr_low'),
            $list('grr_high'),
            $list('nrr'),
            $list('nrr_low'),
            $list('nrr_high'),
        );
    }
}
