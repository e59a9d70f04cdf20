<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * Logistic regression: how likely is each customer to leave, and which of the things known of them say so?
 *
 *     $past = new Predictors(['orders' => [1, 2, 9, 4, 1, 7, 3, 8], 'days_since_last' => [90, 30, 10, 80, 60, 70, 75, 20]]);
 *     $model = Logistic::fit($past, [1, 0, 0, 1, 1, 0, 1, 0]);
 *     $today = new Predictors(['orders' => [1, 8], 'days_since_last' => [85, 15]]);
 *     $model->probability($today);                       // [0.86, 0.07]
 *     $model->reasons($today)->of(0)[0]->predictor;      // 'days_since_last'
 *
 * Missing values (NAN, null) need no care: a column with missing values gets a second coefficient, for not being known.
 */
final readonly class Logistic extends Value
{
    /** @var list<float> intercept, coefficients, missing, references */
    private array $raw;

    /**
     * A model that is known, from a publication or another program.
     *
     * @param array<string, float> $coefficients by name of the column, per unit, on the log odds
     * @param float $intercept log odds of a row of zeros
     * @param array<string, float> $missing what a missing value adds; without, a row with a missing value has no probability, but NaN
     * @param array<string, float> $reference what reasons compare with, and missing values count as; 0 by default
     * @param ?LogisticReport $report of the fit, if the model comes from one
     * @param array{mixed, mixed} $classes what outcomes 0 and 1 are called
     */
    public function __construct(
        public array $coefficients,
        public float $intercept,
        public array $missing = [],
        public array $reference = [],
        public ?LogisticReport $report = null,
        public array $classes = [0, 1],
        private bool $named = true,
    ) {
        if ($coefficients === [] || array_is_list($coefficients)) {
            throw new ArgumentException("coefficients must be numbers by name: ['orders' => -0.3, ...]", 1);
        }
        foreach (array_keys($missing + $reference) as $name) {
            if (!array_key_exists($name, $coefficients)) {
                throw new ArgumentException("missing or reference has a column '$name' without a coefficient", 1);
            }
        }
        if ($report === null && !is_finite($intercept)) {
            throw new ArgumentException("intercept is $intercept; it must be finite", 1);
        }
        $raw = [$intercept];
        foreach (['coefficients' => $coefficients, 'missing' => $missing, 'reference' => $reference] as $what => $values) {
            foreach (array_keys($coefficients) as $name) {
                $value = $values[$name] ?? ($what === 'missing' ? NAN : 0.0);
                if (!is_int($value) && !is_float($value)) {
                    throw new ArgumentException("{$what}['$name'] is " . get_debug_type($value) . '; it must be a number', 1);
                }
                if ($report === null && !is_finite($value) && !($what === 'missing' && is_nan($value))) {
                    throw new ArgumentException("{$what}['$name'] is $value; it must be finite", 1);
                }
                $raw[] = (float) $value;
            }
        }
        $this->raw = $raw;
    }

    /**
     * Learns who leaves.
     *
     * @param mixed $outcome 1: left, 0: did not: list<int|bool>|string|Column
     * @param mixed $weight optional: how many identical rows each row stands for
     * @param float $l2 penalty on squares of coefficients per standard deviation; 0 for none: then a fit says where data leave them open
     * @param float $l1 penalty on their sizes, which makes some 0
     * @param bool $unscaled penalise coefficients as they are: units then matter
     * @param bool $balanced both outcomes count alike in sum. Probabilities are then not shares of customers
     * @param array{float, float}|null $classWeight what rows of outcome 0 and of outcome 1 count for
     * @param bool $refuseMissing missing values are an error, instead of having a coefficient of their own
     * @param int $iterations most Newton steps
     * @param float $level two-sided level of the limits, in (0, 1)
     * @throws ConvergenceException where the data leave coefficients open; with `model` and `report`
     */
    public static function fit(
        Predictors $predictors,
        mixed $outcome,
        mixed $weight = null,
        float $l2 = 1.0,
        float $l1 = 0.0,
        bool $unscaled = false,
        bool $balanced = false,
        ?array $classWeight = null,
        bool $refuseMissing = false,
        int $iterations = 100,
        float $level = 0.95,
        ?Context $context = null,
    ): self {
        $names = $predictors->names();
        $outcome = $predictors->beside($outcome, 'outcome', Columns::UINT8);
        [$of0, $of1] = self::weights($classWeight);
        $options = [$l2, $l1, (int) $unscaled, (int) $balanced, $of0, $of1, (int) $refuseMissing];
        $result = retain_logistic_fit(
            $context?->raw(),
            $predictors->block(),
            0,
            $outcome,
            Columns::checkOptional($weight, 'weight'),
            ...[...$options, Columns::level($level), Columns::positiveInt($iterations, 'iterations'), ...array_fill(0, 14, true)]
        );
        $report = LogisticReport::of($result, $names, $level);
        $numbers = Columns::list($result['model'], Columns::FLOAT64);
        $parts = array_map(static fn (array $part): array => array_combine($names, $part), array_chunk(array_slice($numbers, 1), count($names)));
        $model = new self($parts[0], $numbers[0], $parts[1], $parts[2], $report);
        if ($result['record']['status'] === 0) {
            return $model;
        }
        $refused = new ConvergenceException($report->explanation, 5);
        [$refused->model, $refused->report] = [$model, $report];
        throw $refused;
    }

    /** @return list<string> names of the columns that the model reads */
    public function names(): array
    {
        return array_map('strval', array_keys($this->coefficients));
    }

    /**
     * Probability of outcome 1, for each row; NaN where a value is missing of which the model knows nothing.
     *
     * @return list<float>|string|Column
     */
    public function probability(Predictors $predictors, ?Context $context = null): array|string|Column
    {
        return $this->ask($predictors, null, 0.95, $context, [true, false, false, false])['probability'];
    }

    /**
     * Log odds of outcome 1: the base and all contributions, to the last bit.
     *
     * @return list<float>|string|Column
     */
    public function logOdds(Predictors $predictors, ?Context $context = null): array|string|Column
    {
        return $this->ask($predictors, null, 0.95, $context, [false, true, false, false])['log_odds'];
    }

    /**
     * Probabilities with limits: how well it is known how many of such customers leave.
     *
     * @return array{probability: list<float>|string|Column, low: list<float>|string|Column, high: list<float>|string|Column}
     */
    public function limits(Predictors $predictors, float $level = 0.95, ?Context $context = null): array
    {
        if ($this->report === null) {
            throw new ArgumentException('this model was not fitted; how sure its coefficients are is not known', 1);
        }
        $covariance = array_merge(...array_map(array_values(...), array_values($this->report->covariance)));
        $result = $this->ask($predictors, $covariance, Columns::level($level), $context, [true, false, true, true]);
        return ['probability' => $result['probability'], 'low' => $result['low'], 'high' => $result['high']];
    }

    /**
     * Why each row has the risk that it has: the largest contributions to its log odds.
     *
     * @param int $most reasons for each row
     */
    public function reasons(
        Predictors $predictors,
        int $most = 3,
        LogisticDirection $direction = LogisticDirection::Either,
        ?Context $context = null,
    ): LogisticReasons {
        $names = $this->names();
        $most = min($most, count($names));
        $given = [$this->raw, $predictors->block($names), 0, $most, $direction->value, false, true, true, true];
        $result = retain_logistic_reasons($context?->raw(), ...$given);
        $reference = array_slice($this->raw, 1 + 2 * count($names));
        return new LogisticReasons($names, $reference, count($predictors), $most, $result['reason'], $result['share'], $result['value']);
    }

    /**
     * What each column adds to the log odds of each row, as many numbers a row as there are columns: with base() they are the log odds.
     *
     * @return list<float>|string|Column
     */
    public function contributions(Predictors $predictors, ?Context $context = null): array|string|Column
    {
        $given = [$this->raw, $predictors->block($this->names()), 0, 0, 0, true, false, false, false];
        return retain_logistic_reasons($context?->raw(), ...$given)['contribution'];
    }

    /** Log odds of the customer who is average in everything. */
    public function base(): float
    {
        $row = array_fill(0, count($this->coefficients), 0.0);
        return retain_logistic_reasons(null, $this->raw, $row, 0, 0, 0, false, false, false, false)['record']['base'];
    }

    /**
     * The model and what its fit found as plain numbers, for JSON and databases: docs/stored-models.md has the table of keys. Python
     * reads it too.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        return LogisticStored::write($this, $this->raw, $this->named);
    }

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        return $this->toArray();
    }

    /**
     * The model that toArray() was called on; limits are those of the model that was fitted, to the last bit.
     *
     * @param array<string, mixed> $stored
     * @throws ArgumentException for what is missing, unknown or wrong in it, by name
     */
    public static function fromArray(array $stored): self
    {
        return new self(...LogisticStored::read($stored));
    }

    /**
     * @param list<float>|null $covariance
     * @param list<bool> $wanted
     * @return array<string, mixed>
     */
    private function ask(Predictors $predictors, ?array $covariance, float $level, ?Context $context, array $wanted): array
    {
        $given = [$this->raw, $predictors->block($this->names()), 0, $covariance, $level, ...$wanted];
        return retain_logistic_probability($context?->raw(), ...$given);
    }

    /**
     * @param array<mixed>|null $classWeight
     * @return array{float, float}
     */
    private static function weights(?array $classWeight): array
    {
        if ($classWeight === null) {
            return [0.0, 0.0];
        }
        if (array_keys($classWeight) !== [0, 1]) {
            throw new ArgumentException('classWeight must have two numbers: what rows of outcome 0 and of outcome 1 count for', 1);
        }
        foreach ($classWeight as $class => $weight) {
            if (!is_int($weight) && !is_float($weight)) {
                throw new ArgumentException("classWeight[$class] is " . get_debug_type($weight) . '; it must be a number', 1);
            }
        }
        return array_map(floatval(...), $classWeight);
    }
}
