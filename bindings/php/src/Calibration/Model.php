<?php

declare(strict_types=1);

namespace Retain\Calibration;

use Retain\Calibration;
use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Value;
use Retain\Verdict;

/**
 * What probability does a score stand for? The calibrations with parameters: Platt and Beta.
 *
 *     $platt = Platt::fit([0.9, 0.8, 0.6, 0.4, 0.3, 0.1], [1, 1, 0, 1, 0, 0]);
 *     $platt->predict([0.9]);                // [0.766]
 *
 * Learn from customers that the score has not seen, and judge (Scoring) on others again. A calibration is a plain value: store
 * parameters(), and give them to the constructor.
 */
abstract readonly class Model extends Value
{
    protected const KIND = 0;

    /** @return array<string, float> by name */
    abstract public function parameters(): array;

    /** @param list<float> $numbers a, b, c */
    abstract protected static function make(array $numbers, ?Report $report): static;

    /**
     * @param mixed $score list<float>|string|Column
     * @param mixed $outcome list<int|bool>|string|Column: 1 where it happened
     * @throws ConvergenceException where outcomes say nothing about scores; with `model` and `report`
     */
    final protected static function learn(mixed $score, mixed $outcome, mixed $weight, float $level, bool $plain, ?Context $context): static
    {
        $columns = Calibration::columns($score, $outcome, $weight);
        $record = retain_calibration_fit($context?->raw(), static::KIND, ...[...$columns, Columns::level($level), (int) $plain])['record'];
        $names = array_keys(static::make([0.0, 0.0, 0.0], null)->parameters());
        $named = static fn (array $numbers): array => array_intersect_key(array_combine(['a', 'b', 'c'], $numbers), array_flip($names));
        $report = new Report(
            Verdict::from($record['verdict']),
            $record['explanation'],
            $record['customers'],
            $record['positives'],
            $record['iterations'],
            $record['log_likelihood'],
            $named($record['standard_error']),
            $named($record['low']),
            $named($record['high']),
            $record['covariance'],
        );
        $model = static::make(array_slice($record['calibration'], 1), $report);
        if ($record['status'] === 0) {
            return $model;
        }
        $exception = new ConvergenceException($record['sentence'], $record['status']);
        $exception->model = $model;
        $exception->report = $report;
        throw $exception;
    }

    /**
     * The probabilities that scores stand for.
     *
     * @param mixed $score list<float>|string|Column: scores of any customers
     * @return list<float>|string|Column in the kind of the scores
     */
    final public function predict(mixed $score, ?Context $context = null): array|string|Column
    {
        $scores = Columns::check($score, 'score');
        return retain_calibration_probabilities($context?->raw(), $this->raw(), $scores, null, 0.0, true, false, false)['probability'];
    }

    /**
     * The same with limits.
     *
     * @param mixed $score list<float>|string|Column
     * @param float $level two-sided
     */
    final public function interval(mixed $score, float $level = 0.95, ?Context $context = null): Limits
    {
        $covariance = $this->report?->covariance
            ?? throw new ArgumentException('this calibration was not fitted; how sure its parameters are is not known', 1);
        $scores = Columns::check($score, 'score');
        $level = Columns::level($level);
        return new Limits(...Columns::lists(
            retain_calibration_probabilities($context?->raw(), $this->raw(), $scores, $covariance, $level, true, true, true)
        ));
    }

    /** @return list<float> */
    private function raw(): array
    {
        $parameters = $this->parameters();
        return [(float) static::KIND, $parameters['a'], $parameters['b'] ?? 0.0, $parameters['c']];
    }
}
