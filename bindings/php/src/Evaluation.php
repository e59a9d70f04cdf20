<?php

declare(strict_types=1);

namespace Retain;

use Retain\Btyd\Family;
use Retain\Btyd\Model;
use Retain\Evaluation\Backtest;
use Retain\Evaluation\Choice;
use Retain\Evaluation\Coverage;
use Retain\Evaluation\Errors;
use Retain\Evaluation\FrequencyFit;
use Retain\Evaluation\Gains;
use Retain\Evaluation\Groups;
use Retain\Evaluation\Holdout;
use Retain\Evaluation\Ranking;
use Retain\Evaluation\Reason;
use Retain\Evaluation\Shocks;
use Retain\Evaluation\Tracking;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * Would the forecast have been right?
 *
 * A forecast says something about each customer, `expected`; later it is known what each did, `actual`: orders, or money. How far off is
 * it (errors, coverage), do those of whom more is expected bring as much more (calibration, byFrequency), and are the customers who
 * come first the right ones (ranking, gains)? holdout, backtest and choose go back in time, forecast, and compare, always beside naive
 * rules.
 *
 *     $errors = Evaluation::errors($expected, $actual);                     // $errors->aggregate: -0.12, 12 % too low
 *     $choice = Evaluation::choose($orders, days: 91, observationEnd: '1998-06-30');
 *     $choice->best();                                                      // Family::MbgNbd
 *
 * Intervals take the customer as the unit and are of normal theory: NaN below two customers, and where there is no variety. Columns are
 * lists, packed strings or Retain\Column.
 */
final class Evaluation
{
    /** Families that are tested when none are named. */
    public const FAMILIES = [Family::ParetoNbd, Family::BgNbd, Family::MbgNbd];

    /**
     * Errors of a forecast.
     *
     * @param mixed $expected list<float>|string|Column what was forecast for each customer, within ±1e60; NaN is refused
     * @param mixed $actual list<float>|string|Column what came
     * @param mixed $weight list<float>|string|Column|null: a row with weight w is w identical customers
     * @param float $level two-sided level of the limits, in (0, 1)
     */
    public static function errors(mixed $expected, mixed $actual, mixed $weight = null, float $level = 0.95, ?Context $context = null): Errors
    {
        $level = Columns::level($level);
        return new Errors(...array_values(retain_evaluation_errors($context?->raw(), $expected, $actual, $weight, $level)['record']));
    }

    /**
     * Coverage of intervals that were forecast.
     *
     * @param mixed $low list<float>|string|Column limits for each customer
     * @param mixed $high list<float>|string|Column not below $low
     * @param mixed $actual list<float>|string|Column what came
     * @param mixed $weight list<float>|string|Column|null
     * @param float $level of the Wilson limits of the share covered, not of the intervals
     */
    public static function coverage(
        mixed $low,
        mixed $high,
        mixed $actual,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Coverage {
        $level = Columns::level($level);
        return new Coverage(...array_values(retain_evaluation_coverage($context?->raw(), $low, $high, $actual, $weight, $level)['record']));
    }

    /**
     * Measures the shocks that all customers share (season, campaigns, prices), and the bias, on past periods that were forecast before
     * they began: a random-effects meta-analysis (Paule & Mandel 1982; Viechtbauer 2007; Knapp & Hartung 2003).
     *
     *     $shocks = Evaluation::shocks($expected, $actual, $variance);          // $shocks->tau: 0.11, 11 % of a total
     *     $band = $shocks->band([$total->value], [$total->variance + $total->standardError ** 2], level: 0.9);
     *
     * @param mixed $expected list<float>|string|Column totals that were forecast, one a period, > 0
     * @param mixed $actual list<float>|string|Column totals that came
     * @param mixed $variance list<float>|string|Column by the model's own account, > 0
     * @param float $level two-sided level of the limits
     * @param bool $unbiased take forecasts for right on average: the bias is then 1, and one more degree of freedom is left
     */
    public static function shocks(
        mixed $expected,
        mixed $actual,
        mixed $variance,
        float $level = 0.95,
        bool $unbiased = false,
        ?Context $context = null,
    ): Shocks {
        $level = Columns::level($level);
        return new Shocks(...array_values(
            retain_evaluation_shocks($context?->raw(), $expected, $actual, $variance, $level, (int) $unbiased)['record']
        ));
    }

    /**
     * Ranking of customers by a forecast, which may be any score: only its order counts. Equal forecasts stand in all orders at once.
     *
     * @param mixed $expected list<float>|string|Column
     * @param mixed $actual list<float>|string|Column, not negative
     * @param mixed $weight list<float>|string|Column|null
     */
    public static function ranking(mixed $expected, mixed $actual, mixed $weight = null, float $level = 0.95, ?Context $context = null): Ranking
    {
        $level = Columns::level($level);
        return new Ranking(...array_values(retain_evaluation_ranking($context?->raw(), $expected, $actual, $weight, $level)['record']));
    }

    /**
     * Cumulative gains: the share of all that came that the best customers by forecast brought.
     *
     * @param mixed $expected list<float>|string|Column
     * @param mixed $actual list<float>|string|Column, not negative
     * @param mixed $share list<float>|string|Column: shares of the customers, best first, in [0, 1]; null means 0, 0.05, ..., 1
     * @param mixed $weight list<float>|string|Column|null
     */
    public static function gains(
        mixed $expected,
        mixed $actual,
        mixed $share = null,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Gains {
        $share ??= array_map(static fn (int $step): float => $step / 20, range(0, 20));
        $inputs = [$expected, $actual, $weight, $share, Columns::level($level)];
        $found = retain_evaluation_gains($context?->raw(), ...[...$inputs, true, true, true, true]);
        $lists = array_map(static fn (string $name): array => self::floats($found[$name]), ['capture', 'low', 'high', 'perfect']);
        return new Gains(array_map(floatval(...), self::floats($share)), ...$lists);
    }

    /**
     * Calibration: what customers did on average of whom little, more, most was expected.
     *
     * @param mixed $expected list<float>|string|Column
     * @param mixed $actual list<float>|string|Column
     * @param int $groups quantiles of the forecast, ascending, 1 to 1000; equal forecasts are in the same group, and a group may be empty
     * @param mixed $weight list<float>|string|Column|null
     */
    public static function calibration(
        mixed $expected,
        mixed $actual,
        int $groups = 10,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Groups {
        $inputs = [$expected, $actual, $weight, $groups, Columns::level($level)];
        return self::groups(retain_evaluation_calibration($context?->raw(), ...[...$inputs, true])['figures'], $groups);
    }

    /**
     * Conditional expectations: the same by the number of repeat orders that customers had made before.
     *
     * @param mixed $frequency list<float>|string|Column of whole numbers
     * @param mixed $expected list<float>|string|Column
     * @param mixed $actual list<float>|string|Column
     * @param int $classes entry k is of those with k repeat orders, the last of those with classes − 1 or more; 1 to 1000
     * @param mixed $weight list<float>|string|Column|null
     */
    public static function byFrequency(
        mixed $frequency,
        mixed $expected,
        mixed $actual,
        int $classes = 8,
        mixed $weight = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Groups {
        $inputs = [$frequency, $expected, $actual, $weight, $classes, Columns::level($level)];
        return self::groups(retain_evaluation_by_frequency($context?->raw(), ...[...$inputs, true])['figures'], $classes);
    }

    /**
     * Frequency fit: how many customers made 0, 1, 2, ... repeat orders up to their age T, in fact and by the model.
     *
     * @param int $classes the last class is right-censored: classes − 1 or more; 2 to 1000
     */
    public static function frequency(Model $model, Customers $customers, int $classes = 8, ?Context $context = null): FrequencyFit
    {
        [$numbers, $frequency, $t_x, $T, $unitDays] = $model->inputs($customers);
        $inputs = [$numbers, $frequency, $t_x, $T, $customers->weight, $unitDays, $classes];
        $found = retain_evaluation_frequency($context?->raw(), ...[...$inputs, true, true]);
        return new FrequencyFit(self::floats($found['actual']), self::floats($found['expected']), $found['record']['chi_squared']);
    }

    /**
     * Tracking curve: repeat orders of all customers in each step of time, in fact and by the model, which is told nothing but each
     * customer's first day.
     *
     * @param int|string|\DateTimeInterface $calibrationEnd last day on which a customer may have come first
     * @param int|string|\DateTimeInterface $observationEnd last day that was observed
     * @param int $stepDays 7 for weeks: steps end at the observation end, and every so many days before
     */
    public static function tracking(
        Model $model,
        Orders $orders,
        int|string|\DateTimeInterface $calibrationEnd,
        int|string|\DateTimeInterface $observationEnd,
        int $stepDays = 7,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Tracking {
        $end = [Day::of($calibrationEnd, 'calibrationEnd'), Day::of($observationEnd, 'observationEnd')];
        $counting = [Columns::positiveInt($occasionDays, 'occasionDays'), (int) $countZeroOrders, Columns::positiveInt($stepDays, 'stepDays')];
        $inputs = [$model->numbers(), ...$orders->columns(), ...$end, ...$counting];
        $found = retain_evaluation_tracking($context?->raw(), ...[...$inputs, true, true, true, true, true]);
        $lists = array_map(static fn (string $name): array => self::floats($found[$name]), ['actual', 'expected', 'actual_total', 'expected_total']);
        return new Tracking(Columns::list($found['last_day'], Columns::INT64), ...$lists);
    }

    /**
     * Goes back to several days of the past, fits each family to what was known then, forecasts the next `days` days, and compares;
     * beside naive rules. A fit that did not converge is used all the same when it has parameters, and its verdict is said.
     *
     * @param int $days how far to forecast
     * @param int|string|\DateTimeInterface $observationEnd last day that was observed: no origin + days may lie after it
     * @param list<Family|Model> $families families to be fitted at each origin, or models to be used as they are
     * @param list<int|string|\DateTimeInterface>|null $origins ascending days; null means `folds` of them, `days` apart, the last of them
     *        `days` before the observation end
     * @param bool $money money too, by a Gamma-Gamma model fitted at each origin
     * @param float $topShare share of the customers for the figure capture, in (0, 1]
     * @param float $unitDays unit of time of the models, in days
     */
    public static function backtest(
        Orders $orders,
        int $days,
        int|string|\DateTimeInterface $observationEnd,
        array $families = self::FAMILIES,
        ?array $origins = null,
        int $folds = 3,
        bool $money = false,
        float $topShare = 0.1,
        float $level = 0.95,
        float $unitDays = 7.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Backtest {
        [$tested, $models] = self::tested($families);
        $end = Day::of($observationEnd, 'observationEnd');
        $origins = self::origins($origins, $folds, $days, $end);
        $inputs = self::inputs($orders, $end, $unitDays, $occasionDays, $countZeroOrders, $origins, $days, $tested, $models, $money, $topShare, $level);
        $found = retain_evaluation_backtest($context?->raw(), ...[...$inputs, true, true, true, true, true, true]);
        return self::backtestOf($found, $origins, $tested, $money, $unitDays);
    }

    /**
     * Which family forecasts this shop best, and why: a backtest of the orders, ranked.
     *
     * Families whose squared error exceeds the smallest by no more than one standard error of the difference, or whose rmse is less than
     * 0.5 % larger, are as good as the best. Of these, the one whose fits converged most often comes first, then the one with fewest parameters, then the smallest BIC. The
     * others follow by their error. Parameters as for backtest().
     *
     * @param list<Family|Model> $families
     * @param list<int|string|\DateTimeInterface>|null $origins
     * @param int $fewest so many repeat buyers and orders to come must there be at every origin
     * @throws ConvergenceException when the data are too thin, or no family has a forecast at every origin; with the Choice as `model`
     */
    public static function choose(
        Orders $orders,
        int $days,
        int|string|\DateTimeInterface $observationEnd,
        array $families = self::FAMILIES,
        ?array $origins = null,
        int $folds = 3,
        bool $money = false,
        float $topShare = 0.1,
        float $level = 0.95,
        int $fewest = 30,
        float $unitDays = 7.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Choice {
        [$tested, $models] = self::tested($families);
        $end = Day::of($observationEnd, 'observationEnd');
        $origins = self::origins($origins, $folds, $days, $end);
        $inputs = self::inputs($orders, $end, $unitDays, $occasionDays, $countZeroOrders, $origins, $days, $tested, $models, $money, $topShare, $level);
        $wanted = [Columns::positiveInt($fewest, 'fewest'), true, true, true, true, true, true, true, true, true];
        $found = retain_evaluation_choose($context?->raw(), ...[...$inputs, ...$wanted]);
        $choice = new Choice(
            Columns::list($found['rank'], Columns::UINT8),
            array_map(Reason::from(...), Columns::list($found['reason'], Columns::UINT8)),
            self::floats($found['figure']),
            self::backtestOf($found, $origins, $tested, $money, $unitDays)
        );
        return $found['record']['status'] === 0 ? $choice : throw FitReport::refuse($found['record'], $choice, null);
    }

    /**
     * Fits one family to what was known on one day of the past, forecasts the next `days` days, and compares with what came.
     *
     * @param Family|Model $family to be fitted, or a model to be used as it is
     * @param int|string|\DateTimeInterface $calibrationEnd last day that is known to the model; the log must be complete up to
     *        `days` after it
     */
    public static function holdout(
        Orders $orders,
        Family|Model $family,
        int|string|\DateTimeInterface $calibrationEnd,
        int $days,
        float $topShare = 0.1,
        float $level = 0.95,
        float $unitDays = 7.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Holdout {
        $start = Day::of($calibrationEnd, 'calibrationEnd');
        $origins = self::origins([$start], 1, $days, $start);
        $customers = $orders->summary($start, $unitDays, $occasionDays, $countZeroOrders, $context);
        [$model, $verdict] = self::fitted($family, $customers, $context);
        $numbers = $model->numbers();
        $usable = min($numbers) > 0 && max($numbers) < INF && !in_array(true, array_map(is_nan(...), $numbers), true);
        $test = self::backtest(
            $orders,
            $days,
            $start + $days,
            [$usable ? $model : $model::family()],
            $origins,
            topShare: $topShare,
            level: $level,
            unitDays: $unitDays,
            occasionDays: $occasionDays,
            countZeroOrders: $countZeroOrders,
            context: $context
        );
        $came = $orders->holdout($customers, $start, $start + $days, $occasionDays, $countZeroOrders, $context);
        $expected = $usable ? self::floats($model->orders($customers, days: $days, context: $context)) : array_fill(0, count($customers), NAN);
        return new Holdout($model, $verdict, $model->report ?? null, $customers, $expected, self::floats($came->occasions), $test);
    }

    /**
     * The model as given, or as far as its fit got.
     *
     * @return array{Model, Verdict}
     */
    private static function fitted(Family|Model $family, Customers $customers, ?Context $context): array
    {
        if ($family instanceof Model) {
            return [$family, Verdict::None];
        }
        try {
            $model = $family->model()::fit($customers, context: $context);
            return [$model, Verdict::Converged];
        } catch (ConvergenceException $exception) {
            return [$exception->model, $exception->report->verdict];
        }
    }

    /**
     * Families, and the numbers of their models where these are given.
     *
     * @param array<mixed> $families
     * @return array{list<Family>, list<float>|null}
     */
    private static function tested(array $families): array
    {
        $tested = $numbers = [];
        foreach (array_values($families) as $at => $one) {
            if (!$one instanceof Family && !$one instanceof Model) {
                throw new ArgumentException("families[$at] must be a Family or a Model, not " . get_debug_type($one), 1);
            }
            $tested[] = $one instanceof Model ? $one::family() : $one;
            $numbers[] = $one instanceof Model ? $one->numbers() : [];
        }
        $given = count(array_filter($numbers));
        if ($given !== 0 && $given !== count($tested)) {
            throw new ArgumentException('families must be all families to be fitted, or all models', 1);
        }
        return [$tested, $given ? array_merge(...$numbers) : null];
    }

    /**
     * @param list<int|string|\DateTimeInterface>|null $origins
     * @return list<int>
     */
    private static function origins(?array $origins, int $folds, int $days, int $end): array
    {
        if ($days < 1 || $days > 1000000) {
            throw new ArgumentException("days is $days; it must lie in [1, 1000000]", 1);
        }
        if ($origins !== null) {
            return array_map(static fn (mixed $day): int => Day::of($day, 'origins'), array_values($origins));
        }
        if ($folds < 1 || $folds > 1000) {
            throw new ArgumentException("folds is $folds; it must lie in [1, 1000]", 1);
        }
        return array_map(static fn (int $k): int => $end - $days * $k, range($folds, 1));
    }

    /**
     * The arguments that backtest and choose share.
     *
     * @param list<int> $origins
     * @param list<Family> $tested
     * @param list<float>|null $models
     * @return list<mixed>
     */
    private static function inputs(
        Orders $orders,
        int $end,
        float $unitDays,
        int $occasionDays,
        bool $countZeroOrders,
        array $origins,
        int $days,
        array $tested,
        ?array $models,
        bool $money,
        float $topShare,
        float $level,
    ): array {
        if (!($topShare > 0 && $topShare <= 1)) {
            throw new ArgumentException("topShare is $topShare; it must lie in (0, 1]", 1);
        }
        return [
            ...$orders->columns(),
            $end,
            Columns::positive($unitDays, 'unitDays'),
            Columns::positiveInt($occasionDays, 'occasionDays'),
            (int) $countZeroOrders,
            $origins,
            $days,
            array_map(static fn (Family $family): int => $family->value, $tested),
            $models,
            (int) $money,
            $topShare,
            Columns::level($level),
        ];
    }

    /**
     * @param array<string, mixed> $found
     * @param list<int> $origins
     * @param list<Family> $tested
     */
    private static function backtestOf(array $found, array $origins, array $tested, bool $money, float $unitDays): Backtest
    {
        $baselines = array_map(retain_evaluation_baseline_name(...), range(0, 3));
        $methods = [...array_map(static fn (Family $family): string => $family->label(), $tested), ...$baselines];
        $cells = self::floats($found['figures']);
        $columns = array_combine(Backtest::FIGURES, array_chunk($cells, intdiv(count($cells), count(Backtest::FIGURES))));
        $families = count($tested);
        $fits = count($origins) * $families;
        $estimates = self::floats($found['estimate']);
        $estimates = array_chunk($estimates, intdiv(count($estimates), $fits));
        return new Backtest(
            $origins,
            $tested,
            $methods,
            $money ? ['orders', 'money'] : ['orders'],
            $columns,
            array_chunk(array_map(Verdict::from(...), Columns::list($found['verdict'], Columns::UINT8)), $families),
            array_chunk(array_slice(self::floats($found['likelihood']), 2 * $fits), $families),
            array_chunk($estimates, $families),
            $unitDays
        );
    }

    /** Seven columns, one after the other. */
    private static function groups(array|string|Column $figures, int $rows): Groups
    {
        return new Groups(...array_chunk(self::floats($figures), $rows));
    }

    /** @return list<float> */
    private static function floats(mixed $column): array
    {
        return Columns::list($column, Columns::FLOAT64);
    }
}
