<?php

declare(strict_types=1);

namespace Retain;

use Retain\Cox\Baseline;
use Retain\Cox\Limits;
use Retain\Cox\Residuals;
use Retain\Cox\Schoenfeld;
use Retain\Cox\Storage;
use Retain\Cox\Summary;
use Retain\Cox\Test;
use Retain\Cox\Ties;
use Retain\Cox\Transform;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * Cox regression: what makes customers leave sooner? Several things at once, customers who have not left yet, and what changes with time.
 *
 *     $model = Cox::fit(new Predictors(['tickets' => [3, 1, 2, 0, 1, 2, 0, 0]]), [2, 3, 5, 6, 8, 9, 11, 12], [1, 1, 1, 0, 1, 1, 0, 0]);
 *     $model->summary->hazardRatio['tickets'];                     // 3.5 times the hazard with each ticket
 *     $model->risk(new Predictors(['tickets' => [0, 3]]));         // beside the hazard of the reference customer
 *
 * A hazard ratio of 1.3 means that with one unit more of the predictor, everything else being equal, 30 % more leave at any moment of
 * those still there. How the risk runs with age is left open. What changes with time is given in several rows of a customer, each from
 * `entry` to `exit` with what was known at its entry.
 */
final readonly class Cox extends Value
{
    /**
     * @param array<string, float> $coefficient by predictor: logarithms of hazard ratios
     * @param array<string, float> $reference predictors of the customer whose hazard is the baseline: weighted means
     * @param Baseline $baseline what forecasts read
     * @param bool $robust do standard errors, limits and Wald test come from the spread of the rows?
     */
    private function __construct(
        public Ties $ties,
        public array $coefficient,
        public array $reference,
        public FitReport $report,
        public Summary $summary,
        public Baseline $baseline,
        public bool $robust,
    ) {
    }

    /**
     * Fits the coefficients by partial likelihood.
     *
     * @param Predictors $predictors what is known of each row at its entry, at most 40 columns; none may be missing
     * @param mixed $exit list<float>|string|Column: how long each row lasted, or had lasted when it was last seen
     * @param mixed $event list<int|bool>|string|Column|null: 1 where it ended then; all did by default
     * @param mixed $entry list<float>|string|Column|null: from when on it was watched
     * @param mixed $weight list<float>|string|Column|null: so many identical rows
     * @param mixed $stratum list<int|string>|string|Column|null: groups with baseline hazards of their own
     * @param mixed $customer list<int|string>|string|Column|null: whose row it is, where customers have several; they may not overlap
     * @param bool $robust standard errors, limits and Wald test from the spread of the rows, or of the customers
     * @param float $coefficientSd above 0: a normal prior on coefficients times the scale of their predictor
     * @param array<string, float> $fixed values at which coefficients are held, by predictor
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    public static function fit(
        Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        mixed $stratum = null,
        mixed $customer = null,
        Ties $ties = Ties::Efron,
        bool $robust = false,
        float $coefficientSd = 0.0,
        array $fixed = [],
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        $names = $predictors->names();
        if (count($predictors) === 0) {
            throw new ArgumentException('predictors have no rows; a regression needs some to be fitted to', 1);
        }
        foreach (array_diff(array_map(strval(...), array_keys($fixed)), $names) as $unknown) {
            throw new ArgumentException("fixed has '$unknown', which is no predictor", 1);
        }
        [$strata, $labels] = $stratum === null ? [null, []] : Figures::codes(Columns::check($stratum, 'stratum'), 'stratum');
        [$customers, $whose] = $customer === null ? [null, []] : Figures::codes(Columns::check($customer, 'customer'), 'customer');
        $rows = [
            $predictors->beside($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
            $predictors->block(),
            0,
            $strata,
            count($labels),
        ];
        $options = [
            $ties->value,
            $robust ? 1 : 0,
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
            $coefficientSd,
            $fixed === [] ? null : array_map(static fn (string $name): float => (float) ($fixed[$name] ?? NAN), $names),
            true,
            true,
        ];
        $result = Names::namingCustomers($whose, static fn (): array => retain_cox_fit($context?->raw(), ...$rows, ...[$customers, ...$options]));
        return self::finish($result, $names, $level, [$context?->raw(), ...$rows], $stratum === null ? null : $labels, $robust);
    }

    /**
     * @param array<string, mixed> $result
     * @param list<string> $names
     * @param list<mixed> $rows
     * @param ?list<int|string> $strata
     */
    private static function finish(array $result, array $names, float $level, array $rows, ?array $strata, bool $robust): self
    {
        $model = Columns::list($result['model'], Columns::FLOAT64);
        $record = $result['record'];
        $record['explanation'] = Predictors::nameIn($record['explanation'], $names);
        $report = FitReport::of($record, $names, $level);
        $fitted = new self(
            Ties::from((int) $model[0]),
            array_combine($names, array_slice($model, 1, count($names))),
            array_combine($names, array_slice($model, 1 + count($names))),
            $report,
            Summary::of(Columns::list($result['summary'], Columns::FLOAT64), $names),
            $record['status'] === 0 ? Baseline::of(retain_cox_steps(...$rows, ...[$model, ...array_fill(0, 7, true)]), $strata) : Baseline::none(),
            $robust
        );
        return $record['status'] === 0 ? $fitted : throw FitReport::refuse($record, $fitted, $report);
    }

    /**
     * The hazard of each row beside that of the reference customer, exp(b'(x − reference)).
     *
     * @return list<float> NaN where a predictor is
     */
    public function risk(Predictors $predictors, ?Context $context = null): array
    {
        return $this->tell($predictors, null, $context)['ratio'];
    }

    /**
     * Its logarithm, the linear predictor.
     *
     * @return list<float>
     */
    public function logRisk(Predictors $predictors, ?Context $context = null): array
    {
        return $this->tell($predictors, null, $context)['logarithm'];
    }

    /**
     * The same with limits.
     *
     * @return array{ratio: list<float>, low: list<float>, high: list<float>}
     */
    public function riskLimits(Predictors $predictors, float $level = 0.95, ?Context $context = null): array
    {
        $found = $this->tell($predictors, Columns::level($level), $context);
        return ['ratio' => $found['ratio'], 'low' => $found['low'], 'high' => $found['high']];
    }

    /** @return array<string, list<float>> */
    private function tell(Predictors $predictors, ?float $level, ?Context $context): array
    {
        $result = retain_cox_risk(
            $context?->raw(),
            $this->numbers(),
            $predictors->block(array_keys($this->coefficient)),
            0,
            $level === null ? null : $this->covariance(),
            $level ?? 0.0,
            true,
            true,
            $level !== null,
            $level !== null
        );
        unset($result['record']);
        return array_map(
            static fn (mixed $column): array => $column === null ? [] : Columns::list($column, Columns::FLOAT64),
            $result
        );
    }

    /**
     * The share of such customers that lasts so much longer, for each row and each time; NaN beyond the longest that anybody was watched.
     *
     * @param list<float> $ahead times from now on, in the unit of the fit
     * @param ?list<float> $lasted how long each has lasted already; 0 by default
     * @param ?list<int|string> $stratum of each row, where the model has strata
     * @return list<list<float>> a list of shares for each row
     */
    public function survival(Predictors $predictors, array $ahead, ?array $lasted = null, ?array $stratum = null, ?Context $context = null): array
    {
        $times = max(1, count($ahead));
        $shares = $this->ask($predictors, $lasted, $stratum, null, $context, [0.0, 0, $ahead, true, false, false, false], true);
        return array_chunk(Columns::list($shares['survival'], Columns::FLOAT64), $times);
    }

    /** The same for one time, with limits. @param ?list<float> $lasted @param ?list<int|string> $stratum */
    public function survivalLimits(
        Predictors $predictors,
        float $ahead,
        ?array $lasted = null,
        ?array $stratum = null,
        float $level = 0.95,
        IntervalScale $interval = IntervalScale::LogLog,
        ?Context $context = null,
    ): Limits {
        $how = [Columns::level($level), $interval->value, [$ahead], true, true, true, true];
        return new Limits(...Columns::lists($this->ask($predictors, $lasted, $stratum, $level, $context, $how, true)));
    }

    /**
     * How long each lasts on average within the next `horizon`: the mean of min(time left, horizon), with limits.
     *
     * @param ?list<float> $lasted
     * @param ?list<int|string> $stratum
     */
    public function remaining(
        Predictors $predictors,
        float $horizon,
        ?array $lasted = null,
        ?array $stratum = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Limits {
        $how = [Columns::level($level), $horizon, true, true, true, true];
        return new Limits(...Columns::lists($this->ask($predictors, $lasted, $stratum, $level, $context, $how, false)));
    }

    /**
     * By when a share of such customers has left, from now on: the median time left by default.
     *
     * @param ?list<float> $lasted
     * @param ?list<int|string> $stratum
     * @return list<float> NaN where fewer leave as long as anybody was watched
     */
    public function quantile(
        Predictors $predictors,
        float $share = 0.5,
        ?array $lasted = null,
        ?array $stratum = null,
        ?Context $context = null,
    ): array {
        $names = array_keys($this->coefficient);
        $this->requireBaseline();
        $result = retain_cox_quantile(
            $context?->raw(),
            $this->numbers(),
            $this->baseline->codes,
            $this->baseline->time,
            $this->baseline->hazard,
            $predictors->block($names),
            0,
            $this->baseline->codesOf($stratum),
            $lasted,
            $share,
            true
        );
        return Columns::list($result['quantile'], Columns::FLOAT64);
    }

    /**
     * @param ?list<float> $lasted
     * @param ?list<int|string> $stratum
     * @param list<mixed> $how the other arguments
     * @return array<string, mixed>
     */
    private function ask(
        Predictors $predictors,
        ?array $lasted,
        ?array $stratum,
        ?float $level,
        ?Context $context,
        array $how,
        bool $shares,
    ): array {
        $this->requireBaseline();
        $call = $shares ? retain_cox_survival(...) : retain_cox_remaining(...);
        return $call(
            $context?->raw(),
            $this->numbers(),
            $this->baseline->codes,
            $this->baseline->time,
            $this->baseline->hazard,
            $level === null ? null : $this->baseline->variance,
            $level === null ? null : $this->baseline->drift,
            $level === null ? null : $this->covariance(),
            $predictors->block(array_keys($this->coefficient)),
            0,
            $this->baseline->codesOf($stratum),
            $lasted,
            ...$how
        );
    }

    /**
     * Do hazards keep their proportions, or does a coefficient change with time? The score test of Grambsch and Therneau (1994), for the rows
     * of the fit: by predictor, and `all` of them together. A small p-value says that one number for all ages is an average.
     *
     * @param ?list<int|string> $stratum
     * @return array<string, Test>
     */
    public function proportional(
        Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        ?array $stratum = null,
        Transform $transform = Transform::KaplanMeier,
        ?Context $context = null,
    ): array {
        $names = array_keys($this->coefficient);
        $rows = $this->again($predictors, [$exit, $event, $entry, $weight], $stratum, $context);
        $result = retain_cox_proportional(...$rows, ...[$transform->value, true, true]);
        [$statistic, $p] = Columns::lists($result);
        $tests = [];
        foreach ([...$names, 'all'] as $at => $name) {
            $tests[$name] = new Test($statistic[$at], $at < count($names) ? 1 : count($names), $p[$at]);
        }
        return $tests;
    }

    /**
     * Residuals of each row of the fit.
     *
     * @param ?list<int|string> $stratum
     */
    public function residuals(
        Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        ?array $stratum = null,
        ?Context $context = null,
    ): Residuals {
        $rows = $this->again($predictors, [$exit, $event, $entry, $weight], $stratum, $context);
        [$martingale, $deviance, $score, $influence] = Columns::lists(retain_cox_residuals(...$rows, ...array_fill(0, 4, true)));
        return new Residuals($martingale, $deviance, $this->byPredictor($score), $this->byPredictor($influence));
    }

    /**
     * Schoenfeld residuals, a row for each event of the rows of the fit: scaled and smoothed over time they are the coefficient at that time.
     *
     * @param ?list<int|string> $stratum
     */
    public function schoenfeld(
        Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        ?array $stratum = null,
        ?Context $context = null,
    ): Schoenfeld {
        $rows = $this->again($predictors, [$exit, $event, $entry, $weight], $stratum, $context);
        $result = retain_cox_schoenfeld(...$rows, ...array_fill(0, 4, true));
        $row = Columns::list($result['row'], Columns::INT64);
        unset($result['row']);
        [$time, $residual, $scaled] = Columns::lists($result);
        return new Schoenfeld($row, $time, $this->byPredictor($residual), $this->byPredictor($scaled));
    }

    /**
     * Rows of the fit, and the model, as the checks read them.
     *
     * @param array{mixed, mixed, mixed, mixed} $durations exit, event, entry, weight
     * @param ?list<int|string> $stratum
     * @return list<mixed>
     */
    private function again(Predictors $predictors, array $durations, ?array $stratum, ?Context $context): array
    {
        [$exit, $event, $entry, $weight] = $durations;
        return [
            $context?->raw(),
            $predictors->beside($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
            $predictors->block(array_keys($this->coefficient)),
            0,
            $this->baseline->codesOf($stratum),
            count($this->baseline->strata ?? [0]),
            $this->numbers(),
        ];
    }

    /**
     * @param list<float> $cells row after row
     * @return array<string, list<float>>
     */
    private function byPredictor(array $cells): array
    {
        $rows = array_chunk($cells, count($this->coefficient));
        $columns = [];
        foreach (array_keys($this->coefficient) as $at => $name) {
            $columns[$name] = array_column($rows, $at);
        }
        return $columns;
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python
     * reads it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return Storage::write($this);
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /**
     * The model that toArray() was called on; forecasts and limits are those of the model that was fitted, to the last bit.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    public static function fromArray(array $stored): self
    {
        $model = new self(...Storage::read($stored));
        Storage::check($model->numbers(), $model->baseline, $model->covariance());
        return $model;
    }

    private function requireBaseline(): void
    {
        if ($this->baseline->time === []) {
            throw new ArgumentException('this model has no baseline to forecast with: its fit did not converge', 1);
        }
    }

    /** @return list<float> the model as the raw extension takes it */
    private function numbers(): array
    {
        return [(float) $this->ties->value, ...array_values($this->coefficient), ...array_values($this->reference)];
    }

    /** @return list<float> row by row */
    private function covariance(): array
    {
        return array_merge(...array_map(array_values(...), array_values($this->report->covariance)));
    }
}
