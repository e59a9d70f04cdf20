<?php

declare(strict_types=1);

namespace Retain;

use Retain\Btyd\Model;

/**
 * Customer lifetime value: what has each customer brought, and what is each still going to bring?
 *
 *     historic = margin × revenue so far
 *     residual = margin × expected value of an order × discounted expected orders, over a horizon or for ever
 *     total    = historic + residual
 *
 *     $value = GammaGamma::fit($customers)->expected($customers);
 *     $residual = Clv::residual($model, $customers, $value, horizonDays: 365, annualRate: 0.10, margin: 0.3);
 *
 * `margin` is the share of an order's value that is profit: 1 gives revenue, 0 gives
 * zeros; `margins` gives each customer an own one.
 * Discounting takes an annual effective rate and works continuously inside: delta = ln(1 + rate) × unitDays / 365.25 per unit of
 * the model's time. Money is that of the observation end. P. Fader, B. Hardie, K. L. Lee, "RFM and CLV: using iso-value curves
 * for customer base analysis", JMR 42(4) (2005), 415–430.
 */
final class Clv
{
    /** Continuous discount rate per unit of time: ln(1 + annualRate) unitDays / 365.25. NaN unless annualRate > −1, unitDays > 0. */
    public static function delta(float $annualRate, float $unitDays): float
    {
        return retain_clv_delta($annualRate, $unitDays);
    }

    /**
     * Value so far: margin × revenue.
     *
     * @param mixed $revenue list<float>|string|Column: money so far (Customers::$revenue), finite
     * @param float $margin share of value that is profit, for all customers
     * @param mixed $margins list<float>|string|Column: margin of each customer instead
     * @return list<float>|string|Column
     */
    public static function historic(
        mixed $revenue,
        float $margin = 1.0,
        mixed $margins = null,
        ?Context $context = null,
    ): array|string|Column {
        $revenue = Columns::check($revenue, 'revenue');
        $margins ??= self::zeros($margin, Columns::count($revenue, Columns::FLOAT64));
        return retain_clv_historic($context?->raw(), $revenue, $margins, $margin, true)['historic'];
    }

    /**
     * Value still to come, from a model of orders and a forecast of their value.
     *
     * @param mixed $value list<float>|string|Column: expected value of an order of each customer (GammaGamma::expected()),
     *        finite or NaN
     * @param ?float $horizonDays days after the observation end; null means for ever
     * @param float $annualRate effective annual discount rate, >= 0: 0.10 for 10 %
     * @param float $margin share of value that is profit, for all customers
     * @param mixed $margins list<float>|string|Column: margin of each customer instead
     * @return list<float>|string|Column NaN where value is NaN; infinite where an undiscounted sum for ever diverges
     */
    public static function residual(
        Model $model,
        Customers $customers,
        mixed $value,
        ?float $horizonDays = null,
        float $annualRate = 0.0,
        float $margin = 1.0,
        mixed $margins = null,
        ?Context $context = null,
    ): array|string|Column {
        $horizonDays = $horizonDays === null ? 0.0 : Columns::positive($horizonDays, 'horizonDays');
        $margins ??= self::zeros($margin, count($customers));
        return retain_clv_residual(
            $context?->raw(),
            ...[...$model->inputs($customers), $value, $margins, $horizonDays, $annualRate, $margin, true]
        )['residual'];
    }

    /**
     * Historic and residual value together; NaN where either is.
     *
     * @param mixed $historic list<float>|string|Column
     * @param mixed $residual list<float>|string|Column
     * @return list<float>|string|Column
     */
    public static function total(mixed $historic, mixed $residual, ?Context $context = null): array|string|Column
    {
        return retain_clv_total($context?->raw(), $historic, $residual, true)['total'];
    }

    /**
     * Value at risk of each customer: risk × residual, the part of the residual value that is lost with the customers who do not
     * come back. The order in which to call them.
     *
     * @param mixed $risk list<float>|string|Column in [0, 1] or NaN (Churn::risk())
     * @param mixed $residual list<float>|string|Column
     * @return array{valueAtRisk: list<float>|string|Column, sum: float} NaN where either input is; the sum leaves those rows out
     */
    public static function atRisk(mixed $risk, mixed $residual, ?Context $context = null): array
    {
        $result = retain_clv_at_risk($context?->raw(), $risk, $residual, true);
        return ['valueAtRisk' => $result['value_at_risk'], 'sum' => $result['record']['sum']];
    }

    /**
     * The library reads a margin of 0 as "not said", so a 0 becomes a column of zeros; null for any other margin.
     *
     * @return list<float>|null
     */
    private static function zeros(float $margin, int $rows): ?array
    {
        return $margin === 0.0 ? array_fill(0, $rows, 0.0) : null;
    }
}
