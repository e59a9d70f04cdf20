<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * What there is to say about the fit of a logistic regression.
 *
 * Arrays are by name of the entry: 'intercept', the columns, and 'missing x' for x not being known. NaN where a number was not identified,
 * and where there is no theory for it (with l1, or class weights).
 */
final readonly class LogisticReport extends Value
{
    /** How entries come about, in the order of the library's numbers. */
    public const KINDS = ['estimated', 'constant', 'combined', 'separating', 'absent'];

    /**
     * @param string $explanation the verdict in words
     * @param int $rows rows of weight above 0
     * @param float $customers sum of their weights
     * @param float $events the same of those with outcome 1
     * @param int $missing columns with missing values
     * @param int $iterations Newton steps
     * @param int $evaluations passes over the rows
     * @param float $logLikelihood at the model; class weights counting
     * @param float $nullLogLikelihood of the best model without predictors
     * @param float $devianceExplained 1 − log L / null log L (McFadden 1974)
     * @param float $objective what was minimised: penalties − log L
     * @param float $gradientNorm largest derivative of it, per customer and standard deviation: 0 at the optimum
     * @param float $degrees effective number of coefficients, the intercept included
     * @param float $level two-sided level of the limits
     * @param array<string, string> $kind how each entry came about
     * @param array<string, float> $standardError
     * @param array<string, float> $low
     * @param array<string, float> $high
     * @param array<string, float> $pValue Wald test of coefficient = 0
     * @param array<string, float> $scale standard deviation of the column
     * @param array<string, float> $oddsRatio what one unit more multiplies the odds by
     * @param array<string, float> $oddsRatioScale what one standard deviation more multiplies them by
     * @param array<string, float> $marginal average marginal effect on the probability
     * @param array<string, float> $marginalError
     * @param array<string, float> $marginalLow
     * @param array<string, float> $marginalHigh
     * @param array<string, array<string, float>> $covariance
     */
    public function __construct(
        public LogisticVerdict $verdict,
        public string $explanation,
        public int $rows,
        public float $customers,
        public float $events,
        public int $missing,
        public int $iterations,
        public int $evaluations,
        public float $logLikelihood,
        public float $nullLogLikelihood,
        public float $devianceExplained,
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
        public array $oddsRatio,
        public array $oddsRatioScale,
        public array $marginal,
        public array $marginalError,
        public array $marginalLow,
        public array $marginalHigh,
        public array $covariance,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $result of the raw extension
     * @param list<string> $names of the columns
     */
    public static function of(array $result, array $names, float $level): self
    {
        $entries = self::entries($names);
        $record = $result['record'];
        $named = static fn (string $name): array => array_combine($entries, Columns::list($result[$name], Columns::FLOAT64));
        $kinds = array_map(static fn (int $kind): string => self::KINDS[$kind], Columns::list($result['kind'], Columns::UINT8));
        $square = Columns::square(Columns::list($result['covariance'], Columns::FLOAT64), count($entries));
        return new self(
            LogisticVerdict::from($record['verdict']),
            self::name($record['explanation'], $names),
            $record['rows'],
            $record['customers'],
            $record['events'],
            $record['missing'],
            $record['iterations'],
            $record['evaluations'],
            $record['log_likelihood'],
            $record['null_log_likelihood'],
            $record['deviance_explained'],
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
            $named('odds_ratio'),
            $named('odds_ratio_scale'),
            $named('marginal'),
            $named('marginal_error'),
            $named('marginal_low'),
            $named('marginal_high'),
            array_combine($entries, array_map(static fn (array $row): array => array_combine($entries, $row), $square)),
        );
    }

    /**
     * Names of the entries.
     *
     * @param list<string> $names of the columns
     * @return list<string>
     */
    public static function entries(array $names): array
    {
        return self::different(['intercept', ...$names, ...array_map(static fn (string $name): string => "missing $name", $names)]);
    }

    /**
     * Entries, of which no two have one name: a report knows them by it.
     *
     * @internal
     * @param list<string> $entries
     * @return list<string>
     */
    public static function different(array $entries): array
    {
        foreach (array_count_values($entries) as $name => $times) {
            if ($times > 1) {
                throw new ArgumentException("predictors have a column '$name', which is what another entry of the report is called; give it another name", 1);
            }
        }
        return $entries;
    }

    /**
     * A sentence of the library, which knows columns by their numbers, with their names.
     *
     * @internal
     * @param list<string> $names
     */
    public static function name(string $sentence, array $names): string
    {
        return preg_replace_callback('/\bcolumn (\d+)/', static fn (array $found): string => "'" . $names[(int) $found[1]] . "'", $sentence);
    }
}
