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
        $classes = $stored->classes();
        $intercept = $stored->parameter('intercept');
        $found = self::readColumns($stored);
        if ($found['coefficients'] === []) {
            throw new ArgumentException('columns has 0 entries; it must have 1 to 256', 1);
        }
        $found += ['intercept' => $intercept, 'classes' => $classes, 'named' => $stored->yesOrNo('named')];
        $names = array_map('strval', array_keys($found['coefficients']));
        $found['report'] = null;
        if (!$stored->isNull('fit')) {
            $read = self::readFit($stored->found(Stored::PROBABILITIES), LogisticReport::entries($names), self::COLUMNS, self::NUMBERS);
            if ($read['events'] > $read['customers'] * (1.0 + 1e-9)) {
                [$events, $customers] = [Stored::shown($read['events']), Stored::shown($read['customers'])];
                throw new ArgumentException("fit.events is $events; it must be at most fit.customers, $customers", 1);
            }
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
        foreach ($stored->parts('columns') as $j => $column) {
            $name = $column->text('name');
            if (array_key_exists($name, $found['coefficients'])) {
                throw $stored->twice($j, $name, $found['coefficients']);
            }
            $found['coefficients'][$name] = $column->parameter('coefficient');
            $found['missing'][$name] = $column->figure('missing');
            $found['reference'][$name] = $column->parameter('reference');
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
            'level' => $fit->level(),
        ];
        $kinds = $fit->items('kind', $count);
        $fit->checkKinds($kinds, LogisticReport::KINDS);
        $given['kind'] = array_combine($entries, $kinds);
        foreach ($columns as $key => $property) {
            $given[$property] = array_combine($entries, $fit->column($key, $count));
        }
        foreach (['low' => 'high', 'marginal_low' => 'marginal_high'] as $low => $high) {
            if (isset($columns[$low])) {
                $fit->checkLimits($low, $given[$columns[$low]], $high, $given[$columns[$high]]);
            }
        }
        $given['covariance'] = self::readCovariance($fit, $entries, self::present($kinds), array_values($given['standardError']));
        foreach ($single as $key => $property) {
            $given[$property] = $figures[$key] = $fit->figure($key);
        }
        foreach (self::WHOLE as $key) {
            $given[$key] = $fit->whole($key);
        }
        unset($figures['degrees']); // unknown where the curvature has no inverse
        $fit->checkKnown($given['verdict'], $figures);
        $fit->done();
        return $given;
    }

    /**
     * @param list<string> $entries
     * @param list<int> $present
     * @param list<float> $errors of all entries
     * @return array<string, array<string, float>>
     */
    private static function readCovariance(Stored $fit, array $entries, array $present, array $errors): array
    {
        $count = count($present);
        $known = $fit->column('covariance', $count * $count);
        $covariance = array_fill_keys($entries, array_fill_keys($entries, 0.0));
        foreach ($present as $a => $i) {
            $at = $a * ($count + 1);
            if ($known[$at] < 0.0) {
                throw new ArgumentException("fit.covariance[$at] is " . Stored::shown($known[$at]) . '; a variance is at least 0', 1);
            }
            $fit->checkError($errors[$i], $known[$at], $i, $at);
        }
        foreach ($present as $a => $i) {
            foreach ($present as $b => $j) {
                $cell = $known[$a * $count + $b];
                [$one, $other] = [$known[$a * ($count + 1)], $known[$b * ($count + 1)]];
                $scale = sqrt($one) * sqrt($other);
                $differs = abs($cell - $known[$b * $count + $a]) > 1e-9 * $scale;
                if ($differs || abs($cell) > (1.0 + 1e-9) * $scale || is_infinite($cell) || (is_nan($cell) && !is_nan($scale))) {
                    $said = 'with its variances and the cell that mirrors it, that is no covariance';
                    throw new ArgumentException(sprintf('fit.covariance[%d] is %s; %s', $a * $count + $b, Stored::shown($cell), $said), 1);
                }
                $covariance[$entries[$i]][$entries[$j]] = $cell;
            }
        }
        return $covariance;
    }
}
