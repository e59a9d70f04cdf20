<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * Logistic regressions as plain numbers (docs/stored-models.md).
 *
 * @internal
 */
final class LogisticStored
{
    private const FAMILY = 'logistic';

    /** What a report stores: its properties by key. */
    private const COLUMNS = [
        'standard_error' => 'standardError',
        'low' => 'low',
        'high' => 'high',
        'p_value' => 'pValue',
        'scale' => 'scale',
        'odds_ratio' => 'oddsRatio',
        'odds_ratio_scale' => 'oddsRatioScale',
        'marginal' => 'marginal',
        'marginal_error' => 'marginalError',
        'marginal_low' => 'marginalLow',
        'marginal_high' => 'marginalHigh',
    ];
    private const NUMBERS = [
        'customers' => 'customers',
        'events' => 'events',
        'log_likelihood' => 'logLikelihood',
        'null_log_likelihood' => 'nullLogLikelihood',
        'deviance_explained' => 'devianceExplained',
        'objective' => 'objective',
        'gradient_norm' => 'gradientNorm',
        'degrees' => 'degrees',
    ];
    private const WHOLE = ['rows', 'missing', 'iterations', 'evaluations'];

    /**
     * @param list<float> $raw
     * @return array<string, mixed>
     */
    public static function write(Logistic $model, array $raw, bool $named): array
    {
        $names = $model->names();
        return [
            'format' => Stored::FORMAT,
            'version' => Stored::VERSION,
            'family' => self::FAMILY,
            'classes' => $model->classes,
            'intercept' => Stored::number($raw[0]),
            'columns' => self::writeColumns($names, ...array_chunk(array_slice($raw, 1), count($names))),
            'named' => $named,
            'fit' => $model->report === null ? null : self::writeFit($model->report, self::COLUMNS, self::NUMBERS),
        ];
    }

    /**
     * @param list<string> $names
     * @param array<float> $coefficient
     * @param array<float> $missing
     * @param array<float> $reference
     * @return list<array<string, mixed>>
     */
    public static function writeColumns(array $names, array $coefficient, array $missing, array $reference): array
    {
        $column = static fn (string $name, float $coefficient, float $missing, float $reference): array => [
            'name' => $name,
            'coefficient' => Stored::number($coefficient),
            'missing' => Stored::number($missing),
            'reference' => Stored::number($reference),
        ];
        return array_map($column, $names, array_values($coefficient), array_values($missing), array_values($reference));
    }

    /**
     * What a fit found.
     *
     * @param array<string, string> $columns properties of the report by key: numbers of the entries
     * @param array<string, string> $single properties of the report by key: single numbers
     * @return array<string, mixed>
     */
    public static function writeFit(LogisticReport|Hazard\Report $report, array $columns, array $single): array
    {
        $numbers = static fn (array $values): array => array_map(Stored::number(...), array_values($values));
        $fit = [
            'verdict' => $report->verdict->value,
            'explanation' => $report->explanation,
            'level' => $report->level,
            'kind' => array_values($report->kind),
        ];
        foreach ($columns as $key => $property) {
            $fit[$key] = $numbers($report->$property);
        }
        $fit['covariance'] = [];
        $present = self::present(array_values($report->kind));
        foreach ($present as $a) {
            $row = array_values(array_values($report->covariance)[$a]);
            foreach ($present as $b) {
                $fit['covariance'][] = Stored::number($row[$b]);
            }
        }
        foreach ($single as $key => $property) {
            $fit[$key] = Stored::number($report->$property);
        }
        foreach (self::WHOLE as $key) {
            $fit[$key] = $report->$key;
        }
        return $fit;
    }

    /**
     * The entries that have a covariance that is not 0.
     *
     * @param list<mixed> $kinds
     * @return list<int>
     */
    private static function present(array $kinds): array
    {
        return array_keys(array_filter($kinds, static fn (mixed $kind): bool => in_array($kind, ['estimated', 'separating'], true)));
    }

    /**
     * Arguments of the constructor.
     *
     * @return array<string, mixed>
     */
    public static function read(mixed $given): array
    {
        [$stored] = Stored::open($given, [self::FAMILY]);
        $classes = $stored->items('classes', 2);
        if (get_debug_type($classes[0]) !== get_debug_type($classes[1]) || !is_scalar($classes[0]) || $classes[0] >= $classes[1]) {
            throw new ArgumentException('classes must be two numbers or texts in rising order', 1);
        }
        $intercept = $stored->known('intercept');
        $found = self::readColumns($stored);
        if ($found['coefficients'] === []) {
            throw new ArgumentException('columns has 0 entries; it must have 1 to 256', 1);
        }
        $found += ['intercept' => $intercept, 'classes' => $classes, 'named' => $stored->yesOrNo('named')];
        $fit = $stored->take('fit');
        $names = array_map('strval', array_keys($found['coefficients']));
        $found['report'] = null;
        if ($fit !== null) {
            $read = self::readFit(new Stored($fit, 'fit.'), LogisticReport::entries($names), self::COLUMNS, self::NUMBERS);
            $found['report'] = new LogisticReport(...['verdict' => LogisticVerdict::from($read['verdict'])] + $read);
        }
        $stored->done();
        return $found;
    }

    /**
     * Coefficients, what is missing adds, and references, by name.
     *
     * @return array{coefficients: array<string, float>, missing: array<string, float>, reference: array<string, float>}
     */
    public static function readColumns(Stored $stored): array
    {
        $found = ['coefficients' => [], 'missing' => [], 'reference' => []];
        foreach ($stored->items('columns') as $j => $each) {
            $column = new Stored($each, "columns[$j].");
            $name = $column->text('name');
            if (array_key_exists($name, $found['coefficients'])) {
                throw new ArgumentException("columns[$j].name is '$name', and so is that of another column", 1);
            }
            $found['coefficients'][$name] = $column->known('coefficient');
            $found['missing'][$name] = $column->figure('missing');
            $found['reference'][$name] = $column->known('reference');
            if (is_infinite($found['missing'][$name])) {
                throw new ArgumentException("columns[$j].missing is infinite; it must be a number or null", 1);
            }
            $column->done();
        }
        return $found;
    }

    /**
     * What a fit found, by property of its report.
     *
     * @param list<string> $entries
     * @param array<string, string> $columns
     * @param array<string, string> $single
     * @return array<string, mixed>
     */
    public static function readFit(Stored $fit, array $entries, array $columns, array $single): array
    {
        $count = count($entries);
        $given = [
            'verdict' => $fit->text('verdict', array_column(LogisticVerdict::cases(), 'value')),
            'explanation' => $fit->text('explanation'),
            'level' => $fit->figure('level'),
        ];
        if (!($given['level'] > 0.0 && $given['level'] < 1.0)) {
            throw new ArgumentException(sprintf('fit.level is %.17G; it must lie in (0, 1)', $given['level']), 1);
        }
        $kinds = $fit->items('kind', $count);
        foreach ($kinds as $row => $kind) {
            if (!in_array($kind, LogisticReport::KINDS, true)) {
                throw new ArgumentException("fit.kind[$row] must be one of '" . implode("', '", LogisticReport::KINDS) . "'", 1);
            }
        }
        $given['kind'] = array_combine($entries, $kinds);
        foreach ($columns as $key => $property) {
            $given[$property] = array_combine($entries, $fit->column($key, $count));
        }
        foreach ($entries as $row => $entry) {
            if ($given['low'][$entry] > $given['high'][$entry]) {
                $said = sprintf('is %G; it must not be above fit.high[%d], %G', $given['low'][$entry], $row, $given['high'][$entry]);
                throw new ArgumentException("fit.low[$row] $said", 1);
            }
        }
        $given['covariance'] = self::readCovariance($fit, $entries, self::present($kinds));
        foreach ($single as $key => $property) {
            $given[$property] = $fit->figure($key);
        }
        foreach (self::WHOLE as $key) {
            $given[$key] = $fit->whole($key);
        }
        $fit->done();
        return $given;
    }

    /**
     * @param list<string> $entries
     * @param list<int> $present
     * @return array<string, array<string, float>>
     */
    private static function readCovariance(Stored $fit, array $entries, array $present): array
    {
        $count = count($present);
        $known = $fit->column('covariance', $count * $count);
        $covariance = array_fill_keys($entries, array_fill_keys($entries, 0.0));
        foreach ($present as $a => $i) {
            foreach ($present as $b => $j) {
                $cell = $known[$a * $count + $b];
                [$one, $other] = [$known[$a * ($count + 1)], $known[$b * ($count + 1)]];
                if ($one < 0.0) {
                    throw new ArgumentException(sprintf('fit.covariance[%d] is %G; a variance is at least 0', $a * ($count + 1), $one), 1);
                }
                $scale = sqrt($one) * sqrt(max(0.0, $other));
                $differs = abs($cell - $known[$b * $count + $a]) > 1e-9 * $scale;
                if ($differs || abs($cell) > (1.0 + 1e-9) * $scale || is_infinite($cell) || (is_nan($cell) && !is_nan($scale))) {
                    $said = 'with its variances and the cell that mirrors it, that is no covariance';
                    throw new ArgumentException(sprintf('fit.covariance[%d] is %G; %s', $a * $count + $b, $cell, $said), 1);
                }
                $covariance[$entries[$i]][$entries[$j]] = $cell;
            }
        }
        return $covariance;
    }
}
