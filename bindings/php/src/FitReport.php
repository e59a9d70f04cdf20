<?php

declare(strict_types=1);

namespace Retain;

/**
 * Can this fit be trusted, and how sure are its parameters?
 *
 * Arrays are by name of the parameter ('r', 'alpha', ...), and of the coefficient ('purchase[channel]', 'lifetime[channel]'). Standard errors come from the observed information; intervals are
 * normal on the log scale, hence positive. NaN: a standard error, limit or covariance in a direction that the data do not identify.
 */
final readonly class FitReport extends Value
{
    private const KINDS = ['estimated', 'held', 'equal'];

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
     * @param float $objective what was maximised: log L less the penalty of the prior; log L itself without one
     * @param int $estimated entries that were estimated freely
     * @param int $coefficients entries that are coefficients of covariates: the last ones
     * @param bool $hasPrior was a prior used?
     * @param int $data the same for the same model and customers; 0 where fits cannot be compared
     * @param array<string, string> $kind how each entry came about: 'estimated', 'held' (at a value, or left out) or 'equal' (to the
     *        purchase coefficient)
     * @param float $level two-sided level of the limits
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
        public float $objective = NAN,
        public int $estimated = 0,
        public int $coefficients = 0,
        public bool $hasPrior = false,
        public int $data = 0,
        public array $kind = [],
        public float $level = 0.95,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $record what the raw extension hands back
     * @param list<string> $names of the parameters
     */
    public static function of(array $record, array $names, float $level): self
    {
        $named = static fn (array $values): array => $values === [] ? [] : array_combine($names, $values);
        return new self(
            Verdict::from($record['verdict']),
            self::nameCovariates($record['explanation'], $names, intdiv($record['coefficients'], 2)),
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
            $record['objective'],
            $record['estimated'],
            $record['coefficients'],
            $record['has_prior'] !== 0,
            $record['data'],
            $named(array_map(static fn (float $kind): string => self::KINDS[(int) $kind], $record['kind'])),
            $level,
        );
    }

    /**
     * What the likelihood-ratio test reads.
     *
     * @internal
     * @return list<float>
     */
    public function numbers(): array
    {
        return [
            (float) $this->verdict->value, (float) $this->coefficients, (float) $this->estimated, $this->hasPrior ? 1.0 : 0.0,
            (float) $this->data, $this->logLikelihood, ...array_values($this->estimate),
            ...array_map(static fn (string $kind): float => (float) array_search($kind, self::KINDS, true), array_values($this->kind)),
        ];
    }

    /**
     * A sentence of the C library, which knows covariates by their number, with their names.
     *
     * @param list<string> $names of all entries
     */
    private static function nameCovariates(string $sentence, array $names, int $covariates): string
    {
        if ($covariates === 0) {
            return $sentence;
        }
        $bare = array_map(
            static fn (string $entry): string => substr($entry, strpos($entry, '[') + 1, -1),
            array_slice($names, -$covariates)
        );
        $sentence = preg_replace_callback(
            '/One of covariates((?:(?:, )?\[\d+\])+)/',
            static fn (array $all): string => 'One of '
                . preg_replace_callback('/\[(\d+)\]/', static fn (array $one): string => $bare[(int) $one[1]], $all[1]),
            $sentence
        );
        $sentence = preg_replace_callback(
            '/\b(purchase|lifetime)\[(\d+)\]/',
            static fn (array $found): string => $found[1] . '[' . $bare[(int) $found[2]] . ']',
            (string) $sentence
        );
        return (string) preg_replace_callback(
            '/\bcovariates\[(\d+)\]/',
            static fn (array $found): string => $bare[(int) $found[1]],
            (string) $sentence
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
        $named = $report !== null && $report->coefficients > 0 ? $report->explanation : ''; // the sentence knows numbers only
        $exception = new Exception\ConvergenceException($named ?: $record['sentence'] ?: $record['explanation'], $record['status']);
        $exception->model = $model;
        $exception->report = $report;
        return $exception;
    }
}
