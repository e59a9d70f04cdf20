<?php

declare(strict_types=1);

namespace Retain;

/**
 * Can this fit be trusted, and how sure are its parameters?
 *
 * Arrays are by name of the parameter ('r', 'alpha', ...). Standard errors come from the observed information; intervals are
 * normal on the log scale, hence positive. NaN: a standard error, limit or covariance in a direction that the data do not identify.
 */
final readonly class FitReport extends Value
{
    /**
     * @param string $explanation the verdict in words
     * @param int $rows rows used
     * @param float $customers sum of their weights, n
     * @param int $iterations Newton steps taken
     * @param int $evaluations times the likelihood of all rows was computed
     * @param float $logLikelihood at the parameters returned
     * @param float $aic 2k − 2 log L (Akaike 1974)
     * @param float $bic k log n − 2 log L (Schwarz 1978)
     * @param float $gradientNorm largest |d log L / d log parameter| per customer: 0 at an optimum
     * @param float $condition ratio of the largest to the smallest curvature in log-parameters; infinite where a direction is flat
     * @param array<string, float> $estimate
     * @param array<string, float> $standardError
     * @param array<string, float> $low
     * @param array<string, float> $high
     * @param array<string, array<string, float>> $covariance
     */
    public function __construct(
        public Verdict $verdict,
        public string $explanation,
        public int $rows,
        public float $customers,
        public int $iterations,
        public int $evaluations,
        public float $logLikelihood,
        public float $aic,
        public float $bic,
        public float $gradientNorm,
        public float $condition,
        public array $estimate,
        public array $standardError,
        public array $low,
        public array $high,
        public array $covariance,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $record what the raw extension hands back
     * @param list<string> $names of the parameters
     */
    public static function of(array $record, array $names): self
    {
        $named = static fn (array $values): array => $values === [] ? [] : array_combine($names, $values);
        return new self(
            Verdict::from($record['verdict']),
            $record['explanation'],
            $record['rows'],
            $record['customers'],
            $record['iterations'],
            $record['evaluations'],
            $record['log_likelihood'],
            $record['aic'],
            $record['bic'],
            $record['gradient_norm'],
            $record['condition'],
            $named($record['estimate']),
            $named($record['standard_error']),
            $named($record['low']),
            $named($record['high']),
            $named(array_map($named, Columns::square($record['covariance'], count($record['estimate'])))),
        );
    }

    /**
     * The sentence of a fit that failed.
     *
     * @internal
     * @param array<string, mixed> $record
     */
    public static function refuse(array $record, object $model, ?self $report): Exception\ConvergenceException
    {
        $exception = new Exception\ConvergenceException($record['sentence'] ?: $record['explanation'], $record['status']);
        $exception->model = $model;
        $exception->report = $report;
        return $exception;
    }
}
