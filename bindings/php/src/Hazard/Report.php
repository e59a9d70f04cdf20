<?php

declare(strict_types=1);

namespace Retain\Hazard;

use Retain\Columns;
use Retain\LogisticReport;
use Retain\LogisticVerdict;
use Retain\Value;

/**
 * What there is to say about the fit of a discrete-time hazard.
 *
 * Arrays are by name of the entry: 'until 3' for the baseline of the group that ends with period 3, the columns, and 'missing x' for x not being known. NaN
 * where a number was not identified.
 */
final readonly class Report extends Value
{
    /**
     * @param string $explanation the verdict in words, and which periods share a hazard
     * @param int $rows rows that were at risk in some period
     * @param float $customers sum of their weights
     * @param float $periods periods in which they were at risk
     * @param float $events weight of those who left
     * @param int $missing columns with missing values
     * @param int $iterations Newton steps
     * @param int $evaluations passes over the rows
     * @param float $logLikelihood at the model
     * @param float $nullLogLikelihood of the baseline without predictors
     * @param float $objective what was minimised: penalties − log L
     * @param float $gradientNorm largest derivative of it, per row and standard deviation
     * @param float $degrees effective number of baselines and coefficients
     * @param float $level two-sided level of the limits
     * @param array<string, string> $kind how each entry came about
     * @param array<string, float> $standardError
     * @param array<string, float> $low
     * @param array<string, float> $high
     * @param array<string, float> $pValue Wald test of coefficient = 0
     * @param array<string, float> $scale standard deviation of the column
     * @param array<string, float> $ratio exp(coefficient): odds ratio, or hazard ratio
     * @param array<string, array<string, float>> $covariance
     */
    public function __construct(
        public LogisticVerdict $verdict,
        public string $explanation,
        public int $rows,
        public float $customers,
        public float $periods,
        public float $events,
        public int $missing,
        public int $iterations,
        public int $evaluations,
        public float $logLikelihood,
        public float $nullLogLikelihood,
        public float $objective,
        public float $gradientNorm,
        public float $degrees,
        public float $level,
        public array $kind,
        public array $standardError,
        public array $low,
        public array $high,
        public array $pValue,
        public array $scale,
        public array $ratio,
        public array $covariance,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $result of the raw extension
     * @param list<string> $names of the columns
     * @param list<string> $entries
     */
    public static function of(array $result, array $names, array $entries, float $level): self
    {
        $record = $result['record'];
        $named = static fn (string $name): array => array_combine($entries, Columns::list($result[$name], Columns::FLOAT64));
        $kinds = array_map(static fn (int $kind): string => LogisticReport::KINDS[$kind], Columns::list($result['kind'], Columns::UINT8));
        $square = Columns::square(Columns::list($result['covariance'], Columns::FLOAT64), count($entries));
        return new self(
            LogisticVerdict::from($record['verdict']),
            LogisticReport::name($record['explanation'], $names),
            $record['rows'],
            $record['customers'],
            $record['periods'],
            $record['events'],
            $record['missing'],
            $record['iterations'],
            $record['evaluations'],
            $record['log_likelihood'],
            $record['null_log_likelihood'],
            $record['objective'],
            $record['gradient_norm'],
            $record['degrees'],
            $level,
            array_combine($entries, $kinds),
            $named('standard_error'),
            $named('low'),
            $named('high'),
            $named('p_value'),
            $named('scale'),
            $named('ratio'),
            array_combine($entries, array_map(static fn (array $row): array => array_combine($entries, $row), $square)),
        );
    }

    /**
     * Names of the entries.
     *
     * @param list<int> $until last period of each group
     * @param list<string> $names of the columns
     * @return list<string>
     */
    public static function entries(array $until, array $names): array
    {
        $missing = array_map(static fn (string $name): string => "missing $name", $names);
        return LogisticReport::different([...array_map(static fn (int $last): string => "until $last", $until), ...$names, ...$missing]);
    }
}
