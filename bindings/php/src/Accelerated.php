<?php

declare(strict_types=1);

namespace Retain;

use Retain\Accelerated\Family;
use Retain\Accelerated\Limits;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * Accelerated failure time: how long will it last, beyond what was watched, and what makes it shorter?
 *
 *     $model = Accelerated::fit(Family::Weibull, null, [1, 3, 3, 8, 12, 12], [1, 1, 0, 1, 0, 0]);
 *     $model->survival(null, 24)->value;                            // the share that is there after 24 months
 *
 * Cox regression leaves the course of the risk open, and ends with the longest that anybody was watched. Here a curve is supposed, of
 * which each predictor stretches or shortens the time: with a time ratio of 0.8 everything takes 0.8 times as long.
 */
final readonly class Accelerated extends Value
{
    /**
     * @param float $scale time at which z is 0, of the customer of average predictors
     * @param float $shape how steep the curve is; 1 for exponential
     * @param array<string, float> $coefficient by predictor: logarithms of time ratios
     * @param array<string, float> $reference predictors of the reference customer: weighted means
     */
    private function __construct(
        public Family $family,
        public float $scale,
        public float $shape,
        public array $coefficient,
        public array $reference,
        public FitReport $report,
    ) {
    }

    /**
     * Fits a family by maximum likelihood; `report->aic` compares families of the same rows.
     *
     * @param ?Predictors $predictors what is known of each row at its beginning, at most 38 columns; null without any
     * @param mixed $exit list<float>|string|Column: how long each row lasted, or had lasted when it was last seen
     * @param mixed $event list<int|bool>|string|Column|null: 1 where it ended then; nothing may end at 0
     * @param mixed $entry list<float>|string|Column|null: from when on it was watched
     * @param mixed $weight list<float>|string|Column|null: so many identical rows
     * @param float $coefficientSd above 0: a normal prior on coefficients times the scale of their predictor
     * @throws ConvergenceException unless the maximum is in the interior and identified; with `model` and `report`
     */
    public static function fit(
        Family $family,
        ?Predictors $predictors,
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        float $coefficientSd = 0.0,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        $names = $predictors?->names() ?? [];
        self::refuseNames($names);
        if (Columns::count($exit = Columns::check($exit, 'exit'), Columns::FLOAT64) === 0) {
            throw new ArgumentException('exit has no rows; a regression needs some to be fitted to', 1);
        }
        $result = retain_accelerated_fit(
            $context?->raw(),
            $family->value,
            $predictors === null ? Columns::check($exit, 'exit') : $predictors->beside($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
            $predictors?->block() ?? [],
            0,
            Columns::positiveInt($iterations, 'iterations'),
            Columns::level($level),
            $coefficientSd,
            true
        );
        $model = Columns::list($result['model'], Columns::FLOAT64);
        $record = $result['record'];
        $record['explanation'] = Predictors::nameIn($record['explanation'], $names);
        $report = FitReport::of($record, ['scale', 'shape', ...$names], $level);
        $fitted = new self(
            $family,
            $model[1],
            $model[2],
            array_combine($names, array_slice($model, 3, count($names))),
            array_combine($names, array_slice($model, 3 + count($names))),
            $report
        );
        return $record['status'] === 0 ? $fitted : throw FitReport::refuse($record, $fitted, $report);
    }

    /** @param list<string> $names */
    private static function refuseNames(array $names): void
    {
        foreach (array_intersect(['scale', 'shape'], $names) as $name) {
            throw new ArgumentException("predictors have a column '$name', which is what a parameter of the model is called; give it another name", 1);
        }
    }

    /**
     * The share of such customers that lasts so much longer, with limits.
     *
     * @param ?Predictors $predictors of each row; null where the model has none
     * @param ?list<float> $lasted how long each has lasted already; without predictors one row by default
     */
    public function survival(?Predictors $predictors, float $ahead, ?array $lasted = null, float $level = 0.95, ?Context $context = null): Limits
    {
        $result = retain_accelerated_survival(...$this->question($predictors, $lasted, $level, $context), ...[[$ahead], true, true, true]);
        return new Limits(...Columns::lists($result));
    }

    /** By when a share of such customers has left, from now on: the median time left by default. @param ?list<float> $lasted */
    public function quantile(
        ?Predictors $predictors = null,
        float $share = 0.5,
        ?array $lasted = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Limits {
        $result = retain_accelerated_quantile(...$this->question($predictors, $lasted, $level, $context), ...[$share, true, true, true]);
        return new Limits(...Columns::lists($result));
    }

    /** How long each lasts on average within the next `horizon`: the mean of min(time left, horizon). @param ?list<float> $lasted */
    public function remaining(
        ?Predictors $predictors,
        float $horizon,
        ?array $lasted = null,
        float $level = 0.95,
        ?Context $context = null,
    ): Limits {
        $result = retain_accelerated_remaining(...$this->question($predictors, $lasted, $level, $context), ...[$horizon, true, true, true]);
        return new Limits(...Columns::lists($result));
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python
     * reads it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $parameters = ['scale' => Stored::number($this->scale), 'shape' => Stored::number($this->shape)];
        $said = ['parameters' => $parameters, 'columns' => Stored::writeColumns($this->coefficient, $this->reference)];
        return Stored::write($this->family->label(), $said, $this->report);
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
        $families = array_column(array_map(static fn (Family $one): array => [$one->label(), $one], Family::cases()), 1, 0);
        [$given, $family] = Stored::open($stored, array_keys($families));
        $of = $given->parameters(['scale', 'shape']);
        if ($families[$family] === Family::Exponential && is_finite($of['shape']) && $of['shape'] !== 1.0) {
            throw new ArgumentException('parameters.shape is ' . Stored::shown($of['shape']) . '; it must be 1 of an exponential', 1);
        }
        [$coefficient, $reference] = $given->columns(0, Stored::PREDICTORS - 2);
        $names = array_map(strval(...), array_keys($coefficient));
        self::refuseNames($names);
        [$report] = $given->fit(['scale', 'shape', ...$names], [...array_values($of), ...array_values($coefficient)])
            ?? throw new ArgumentException('fit is null; an accelerated failure time model comes from a fit', 1);
        $given->done();
        $model = new self($families[$family], $of['scale'], $of['shape'], $coefficient, $reference, $report);
        if ($report->verdict === Verdict::Converged) {
            retain_accelerated_survival(null, $model->numbers(), $model->covariance(), [], 0, [], 0.95, [], true, false, false);
        }
        return $model;
    }

    /** @return list<float> the model as the raw extension takes it */
    private function numbers(): array
    {
        $parameters = [(float) $this->family->value, $this->scale, $this->shape];
        return [...$parameters, ...array_values($this->coefficient), ...array_values($this->reference)];
    }

    /** @return list<float> row by row */
    private function covariance(): array
    {
        return array_merge(...array_map(array_values(...), array_values($this->report->covariance)));
    }

    /**
     * @param ?list<float> $lasted
     * @return list<mixed>
     */
    private function question(?Predictors $predictors, ?array $lasted, float $level, ?Context $context): array
    {
        if ($predictors === null && $this->coefficient !== []) {
            throw new ArgumentException('predictors are missing; the model reads ' . implode(', ', array_keys($this->coefficient)), 1);
        }
        $names = array_keys($this->coefficient);
        return [
            $context?->raw(),
            $this->numbers(),
            $this->covariance(),
            $names === [] ? [] : $predictors->block($names),
            0,
            $lasted ?? array_fill(0, $names === [] ? 1 : count($predictors), 0.0),
            Columns::level($level),
        ];
    }
}
