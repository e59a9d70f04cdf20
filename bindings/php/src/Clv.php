<?php

declare(strict_types=1);

namespace Retain;

use Retain\Btyd\Histories;
use Retain\Btyd\Model;
use Retain\Clv\Concentration;
use Retain\Clv\Naive;
use Retain\Clv\Payback;
use Retain\Clv\Terms;
use Retain\Clv\Values;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Spend\GammaGamma;
use Retain\Spend\OrderModel;
use Retain\Spend\OrderValues;

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
    /** Figures of sums, in the order of the raw extension. */
    private const SUMS = [
        ...Values::FIGURES, 'customers', 'historic', 'residual_least', 'residual_most', 'total_least', 'total_most', 'mean_residual',
        'mean_residual_low', 'mean_residual_high', 'mean_total', 'mean_total_low', 'mean_total_high',
    ];

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
     * Residual and total value of each customer after all costs, with limits from the uncertainty of the parameters:
     *
     *     residual = (margin × E[value of an order] − order cost) × discounted expected orders − service cost × discounted years alive
     *
     * Delta method; the two models are fitted apart, so their covariances are independent blocks. Models of known parameters have no
     * doubt: limits equal the value.
     *
     * @param mixed $spend the model of order values: GammaGamma (customers need `spend` then), or LogNormal or GammaGammaOrders with
     *        $orderValues; or list<float>|string|Column: the expected value of an order of each customer, taken for known
     * @param ?OrderValues $orderValues for models of single orders: of the same customers, row by row. Orders are worth what they are at
     *        time 0; a trend is not prolonged
     * @param ?Terms $terms margin, costs, discount rate, horizon; null means for ever, no discount, margin 1, no costs
     * @param mixed $historic list<float>|string|Column|null: value so far (Clv::historic()), for the total
     * @param ?Histories $histories the same customers with their seasons, row by row, for a model of such: orders are those under the
     *        covariates of the days to come, which must be known until the horizon: give the terms' horizonDays, or
     *        $histories->lasting(), under which the last piece lasts for ever. Of $customers spend and weight are read; one annualRate
     */
    public static function interval(
        Model $model,
        Customers $customers,
        mixed $spend,
        ?Terms $terms = null,
        mixed $historic = null,
        float $level = 0.95,
        ?Context $context = null,
        ?OrderValues $orderValues = null,
        ?Histories $histories = null,
    ): Values {
        $terms ??= new Terms();
        if ($histories !== null) {
            $figures = self::named(static fn (): array => retain_clv_dynamic_interval(
                $context?->raw(),
                ...self::underSeasons($model, $customers, $histories, $spend, $orderValues, false),
                ...[Columns::checkOptional($historic, 'historic'), ...$terms->numbersOfHistories(count($customers), $histories)],
                ...[Columns::level($level), true]
            ))['figures'];
            return new Values(...self::split($figures, count(Values::FIGURES)));
        }
        [$inputs, $unitDays, $stacked, $values] = self::forecast($model, $customers, $spend, $orderValues);
        $figures = self::named(static fn (): array => retain_clv_interval(
            $context?->raw(),
            ...[...$inputs, $unitDays, $stacked, ...$values, Columns::checkOptional($historic, 'historic')],
            ...[...$terms->numbers(count($customers)), Columns::level($level), true]
        ))['figures'];
        return new Values(...self::split($figures, count(Values::FIGURES)));
    }

    /**
     * Lifetime value of cohorts, segments, or all customers, with an interval and a prediction interval. All customers share the
     * parameters, so doubt about them does not average out over many; chance does. Weights count.
     *
     * @param mixed $spend as for interval()
     * @param mixed $by optional: the group of each customer, list<int|string>|string|Column
     * @param mixed $historic as for interval()
     * @param ?Histories $histories as for interval()
     * @return Figures residual, standardError, residualLow, residualHigh, total, totalLow, totalHigh, variance, customers (who have a
     *         value), historic, residualLeast, residualMost, totalLeast, totalMost (between which it will come out), meanResidual,
     *         meanResidualLow, meanResidualHigh, meanTotal, meanTotalLow, meanTotalHigh
     */
    public static function sums(
        Model $model,
        Customers $customers,
        mixed $spend,
        ?Terms $terms = null,
        mixed $by = null,
        mixed $historic = null,
        float $level = 0.95,
        ?Context $context = null,
        ?OrderValues $orderValues = null,
        ?Histories $histories = null,
    ): Figures {
        [$codes, $groups] = Figures::codes($by, 'by', count(self::SUMS));
        $terms ??= new Terms();
        if ($histories !== null) {
            $figures = self::named(static fn (): array => retain_clv_dynamic_sums(
                $context?->raw(),
                ...self::underSeasons($model, $customers, $histories, $spend, $orderValues, true),
                ...[Columns::checkOptional($historic, 'historic'), $codes, count($groups)],
                ...[...$terms->numbersOfHistories(count($customers), $histories), Columns::level($level), true]
            ))['figures'];
            return Figures::of($groups, array_combine(self::SUMS, self::split($figures, count(self::SUMS))), self::SUMS);
        }
        [$inputs, $unitDays, $stacked, $values] = self::forecast($model, $customers, $spend, $orderValues);
        $figures = self::named(static fn (): array => retain_clv_sums(
            $context?->raw(),
            ...[...$inputs, $customers->weight, $unitDays, $stacked, ...$values, Columns::checkOptional($historic, 'historic')],
            ...[$codes, count($groups), ...$terms->numbers(count($customers)), Columns::level($level), true]
        ))['figures'];
        return Figures::of($groups, array_combine(self::SUMS, self::split($figures, count(self::SUMS))), self::SUMS);
    }

    /**
     * When a new customer will have paid back what winning one costs (CAC): the first day on which the expected margin so far covers
     * it.
     *
     * @param GammaGamma|OrderModel|float $spend the model of order values, or the expected value of an order
     * @param float $cost of winning one customer; NaN where it is not known
     * @param ?float $firstValue value of the first order, which is certain; null: that of any order
     * @param ?Terms $terms numbers; the horizon is how long one waits, at most 10^5 days
     */
    public static function paybackNew(
        Model $model,
        GammaGamma|OrderModel|float $spend,
        float $cost,
        ?float $firstValue = null,
        ?Terms $terms = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Payback {
        return self::paybackOf(retain_clv_payback_new(
            $context?->raw(),
            ...[...self::models($model, $spend), $firstValue ?? NAN, $cost, ...($terms ?? new Terms())->scalars(), Columns::level($level)]
        )['record']);
    }

    /**
     * When the customers of a cohort will have paid back together what winning them has cost.
     *
     * @param mixed $spend as for interval()
     * @param float $cost of winning all of them; NaN where it is not known
     * @param mixed $historic list<float>|string|Column|null: what they have brought so far
     * @param ?Histories $histories as for interval(): known until the terms' horizon
     */
    public static function payback(
        Model $model,
        Customers $customers,
        mixed $spend,
        float $cost,
        mixed $historic = null,
        ?Terms $terms = null,
        float $level = 0.95,
        ?Context $context = null,
        ?OrderValues $orderValues = null,
        ?Histories $histories = null,
    ): Payback {
        $terms ??= new Terms();
        if ($histories !== null) {
            return self::paybackOf(self::named(static fn (): array => retain_clv_dynamic_payback(
                $context?->raw(),
                ...self::underSeasons($model, $customers, $histories, $spend, $orderValues, true),
                ...[Columns::checkOptional($historic, 'historic'), $cost, ...$terms->numbersOfHistories(count($customers), $histories)],
                ...[Columns::level($level)]
            ))['record']);
        }
        [$inputs, $unitDays, $stacked, $values] = self::forecast($model, $customers, $spend, $orderValues);
        return self::paybackOf(self::named(static fn (): array => retain_clv_payback(
            $context?->raw(),
            ...[...$inputs, $customers->weight, $unitDays, $stacked, ...$values, Columns::checkOptional($historic, 'historic'), $cost],
            ...[...$terms->numbers(count($customers)), Columns::level($level)]
        ))['record']);
    }

    /**
     * Share of lifetime value that the best 1, 5, 10 and 20 % of the customers hold, and its Gini coefficient. For the Lorenz curve:
     * Rfm::lorenz(). Limits speak of customers as a sample, not of the doubt about the models.
     *
     * @param mixed $value list<float>|string|Column: residual or total value, not negative; rows that are NaN are left out
     */
    public static function concentration(mixed $value, float $level = 0.95, ?Context $context = null): Concentration
    {
        $found = retain_clv_concentration($context?->raw(), Columns::check($value, 'value'), Columns::level($level))['record'];
        return new Concentration(...array_values($found));
    }

    /**
     * Average value × frequency × lifetime, the formula of the textbooks: margin × orderValue × ordersPerPeriod × lifetime, in the same
     * periods. No discount, and customers who are all alike.
     */
    public static function lifespan(float $orderValue, float $ordersPerPeriod, float $lifetime, float $margin = 1.0): float
    {
        return retain_clv_lifespan($orderValue, $ordersPerPeriod, $lifetime, $margin);
    }

    /**
     * margin × r / (1 + d − r): a margin every period from the next one on, at one retention rate for ever. With `first` the margin of
     * the first period too: margin × (1 + d) / (1 + d − r), the value of a new customer.
     *
     * @param float $margin money per period of a customer who is there
     * @param float $retention share of the customers who stay for another period
     * @param float $rate discount rate per period
     */
    public static function retentionValue(float $margin, float $retention, float $rate, bool $first = false): float
    {
        return $first ? retain_clv_retention_first($margin, $retention, $rate) : retain_clv_retention($margin, $retention, $rate);
    }

    /**
     * The formulas that people know, straight from a customer table with `revenue`, beside the value of a new customer by a model.
     *
     * @param float $periodDays the period of retention, margin and discount: 91 for a quarter
     * @param GammaGamma|OrderModel|float|null $spend needed with a model: as for paybackNew()
     * @param ?Terms $terms margin, order cost, annual rate, horizon: numbers. Service costs are unknown to the formulas
     */
    public static function naive(
        Customers $customers,
        float $periodDays,
        ?Model $model = null,
        GammaGamma|OrderModel|float|null $spend = null,
        ?Terms $terms = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Naive {
        if ($model !== null && $spend === null) {
            throw new ArgumentException('spend is missing; with a model give the model of order values, or the expected value of an order', 1);
        }
        [$horizon, $rate, $margin, $orderCost, $serviceCost] = ($terms ?? new Terms())->scalars();
        if ($serviceCost !== 0.0) {
            throw new ArgumentException("serviceCost is $serviceCost; the naive formulas know none, so it must be 0", 1);
        }
        $found = retain_clv_naive(
            $context?->raw(),
            $customers->frequency,
            $customers->t_x,
            $customers->T,
            $customers->weight,
            $customers->unitDays,
            $customers->revenue,
            Columns::positive($periodDays, 'periodDays'),
            ...($model === null ? [null, null, null, null, NAN] : self::models($model, $spend)),
            ...[$horizon, $rate, $margin, $orderCost, Columns::level($level)]
        )['record'];
        return new Naive(...array_values($found));
    }

    /**
     * Models of a new customer as the raw extension takes them; an expected order value in the place of a spend model.
     *
     * @return list<mixed>
     */
    private static function models(Model $model, GammaGamma|OrderModel|float $spend): array
    {
        $numbers = [$model->numbers(), self::covariance($model->report ?? null)];
        return is_float($spend)
            ? [...$numbers, null, null, $spend]
            : [...$numbers, self::spendNumbers($spend), self::covariance($spend->report), NAN];
    }

    /**
     * Runs a call of the raw extension; its names of what the caller says by `spend` and `terms` become the caller's.
     *
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    private static function named(callable $call): array
    {
        $terms = [];
        foreach (['annualRate', 'margin', 'orderCost', 'serviceCost'] as $term) {
            $terms["{$term}s"] = "terms.$term";
        }
        return Names::renamed(['value' => 'spend', 'frequency' => 'customers', ...$terms], $call);
    }

    /** @param array<string, mixed> $found */
    private static function paybackOf(array $found): Payback
    {
        $outcome = PaybackOutcome::from($found['outcome']);
        unset($found['outcome']);
        return new Payback($outcome, ...array_values($found));
    }

    /**
     * Model of orders, and one of their values or the values themselves, as the raw extension takes them.
     *
     * @return array{list<mixed>, float, mixed, list<mixed>} the last: the values of orders, expected ones or those so far
     */
    private static function forecast(Model $model, Customers $customers, mixed $spend, ?OrderValues $orderValues): array
    {
        [$numbers, $frequency, $t_x, $T, $unitDays, $stacked] = $model->inputs($customers);
        [$models, $values] = self::worth($model, $numbers, $customers, $spend, $orderValues);
        $inputs = [...$models, $frequency, $t_x, $T, $spend instanceof GammaGamma ? $customers->spend : null];
        return [$inputs, $unitDays, $stacked, $values];
    }

    /**
     * The same with histories in the place of what customers did when.
     *
     * @return list<mixed>
     */
    private static function underSeasons(
        Model $model,
        Customers $customers,
        Histories $histories,
        mixed $spend,
        ?OrderValues $orderValues,
        bool $weighted,
    ): array {
        $past = $histories->inputs($model);
        if (count($histories) !== count($customers)) {
            $said = sprintf('histories has %d customers, customers has %d', count($histories), count($customers));
            throw new ArgumentException("$said; they must be the same, row by row", 1);
        }
        if ($customers->id !== null) {
            $ids = [Columns::list($customers->id, Columns::INT64), Columns::list($histories->customer, Columns::INT64)];
            self::refuseOthers(...[...$ids, 'histories.customer']);
        }
        [$models, $values] = self::worth($model, array_shift($past), $customers, $spend, $orderValues);
        return [
            ...$models,
            ...$past,
            ...[$customers->frequency, $spend instanceof GammaGamma ? $customers->spend : null],
            ...($weighted ? [$customers->weight] : []),
            ...$values,
        ];
    }

    /**
     * The models as the raw extension takes them, and the values of orders, expected ones or those so far.
     *
     * @param list<float> $numbers the model of orders
     * @return array{list<mixed>, list<mixed>}
     */
    private static function worth(Model $model, array $numbers, Customers $customers, mixed $spend, ?OrderValues $orderValues): array
    {
        $modelled = $spend instanceof GammaGamma || $spend instanceof OrderModel;
        if ($spend instanceof OrderModel && $orderValues === null) {
            throw new ArgumentException('orderValues is missing; a model of single orders needs the OrderValues of the customers', 1);
        }
        if ($orderValues !== null && !$spend instanceof OrderModel) {
            throw new ArgumentException('orderValues are for models of single orders; this spend does not read them', 1);
        }
        if ($orderValues?->id !== null && $customers->id !== null) {
            self::refuseOthers(Columns::list($customers->id, Columns::INT64), Columns::list($orderValues->id, Columns::INT64));
        }
        $models = [
            $numbers,
            self::covariance($model->report ?? null),
            $modelled ? self::spendNumbers($spend) : null,
            $modelled ? self::covariance($spend->report) : null,
        ];
        $values = $spend instanceof OrderModel
            ? [null, ...$orderValues->columns($spend->theta !== 0.0, $spend->delta !== 0.0)]
            : [$modelled ? null : Columns::check($spend, 'spend'), ...array_fill(0, 8, null)];
        return [$models, $values];
    }

    /**
     * Where customers and order values both say who, they must say the same, row by row.
     *
     * @param list<mixed> $customers
     * @param list<mixed> $others
     */
    private static function refuseOthers(array $customers, array $others, string $name = 'orderValues.id'): void
    {
        foreach ($customers as $row => $id) {
            if (isset($others[$row]) && $others[$row] !== $id) {
                $said = sprintf('%s[%d] is %s, customers.id[%d] is %s', $name, $row, json_encode($others[$row]), $row, json_encode($id));
                throw Columns::withRow(new DataException("$said; rows must be of the same customers", 2), $row);
            }
        }
    }

    /** @return list<float> a model of order values as the raw extension takes it */
    private static function spendNumbers(GammaGamma|OrderModel $spend): array
    {
        return $spend instanceof GammaGamma ? [$spend->p, $spend->q, $spend->gamma] : $spend->numbers();
    }

    /** @return list<float>|null */
    private static function covariance(?FitReport $report): ?array
    {
        return $report === null ? null : array_merge(...array_map('array_values', array_values($report->covariance)));
    }

    /**
     * Figures one after the other as a list each.
     *
     * @param array<mixed>|string|Column $figures
     * @return list<list<float>>
     */
    private static function split(array|string|Column $figures, int $count): array
    {
        $all = Columns::list($figures, Columns::FLOAT64);
        return $all === [] ? array_fill(0, $count, []) : array_chunk($all, intdiv(count($all), $count));
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
