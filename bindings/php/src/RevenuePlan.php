<?php

declare(strict_types=1);

namespace Retain;

/**
 * What a business of one kind of customer is made of, per period: what if more of them stayed?
 *
 *     $plan = new RevenuePlan(customers: 1000, margin: 10, baseRetention: 0.80, periods: 60, annualRate: 0.1);
 *     $plan->profit([0.80, 0.85])->change[1];         // 0.32: five points more retention, 32 % more profit
 *
 * Customers(t + 1) = retention × customers(t) + acquired; profit is the sum over periods of ((margin − retentionCost) × customers(t) −
 * acquisitionCost × acquired), discounted. What it takes to get to a rate is not in it unless retentionCost says so. Whether "5 % more
 * retention" are "25 to 95 % more profit" (F. F. Reichheld, The Loyalty Effect, 1996) depends on where a shop stands.
 */
final readonly class RevenuePlan extends Value
{
    /**
     * @param float $customers at the beginning
     * @param float $margin profit of a customer in a period, before what it costs to keep one
     * @param float $baseRetention the share who stay from one period to the next today, in [0, 1]: what changes are measured against
     * @param int $periods so many are looked ahead
     * @param float $acquired won in each period, there from the next one on
     * @param float $retentionCost of keeping, for each customer and period
     * @param float $acquisitionCost of winning, for each customer won
     * @param float $annualRate effective annual discount rate, >= 0: 0.10 for 10 %
     * @param float $periodsPerYear 12 for months
     */
    public function __construct(
        public float $customers,
        public float $margin,
        public float $baseRetention,
        public int $periods,
        public float $acquired = 0.0,
        public float $retentionCost = 0.0,
        public float $acquisitionCost = 0.0,
        public float $annualRate = 0.0,
        public float $periodsPerYear = 12.0,
    ) {
    }

    /**
     * Profit as a function of the retention rate.
     *
     * @param mixed $retention list<float>|string|Column: rates to try, each in [0, 1] or NaN
     */
    public function profit(mixed $retention, ?Context $context = null): RevenueProfit
    {
        $result = retain_revenue_profit(
            $context?->raw(),
            $this->customers,
            $this->acquired,
            $this->margin,
            $this->retentionCost,
            $this->acquisitionCost,
            $this->annualRate,
            Columns::positive($this->periodsPerYear, 'periodsPerYear'),
            $this->baseRetention,
            Columns::positiveInt($this->periods, 'periods'),
            $retention,
            true,
            true,
            true
        );
        $list = static fn (string $name): array => Columns::list($result[$name], Columns::FLOAT64);
        $rates = Columns::list($retention, Columns::FLOAT64);
        return new RevenueProfit(array_map('floatval', $rates), $list('profit'), $list('customers'), $list('change'));
    }
}
