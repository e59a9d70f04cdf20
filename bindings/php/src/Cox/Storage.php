<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Cox;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\FitReport;
use Retain\Stored;

/**
 * Cox regressions as plain numbers (docs/stored-models.md).
 *
 * @internal
 */
final class Storage
{
    private const FAMILY = 'Cox';
    private const TIES = ['efron', 'breslow'];

    /** Columns of the baseline: its properties by key. */
    private const STEPS = [
        'time' => 'time',
        'at_risk' => 'atRisk',
        'events' => 'events',
        'hazard' => 'hazard',
        'variance' => 'variance',
        'drift' => 'drift',
    ];

    /** Figures of the summary in the order of the extension; the third is that of the report. */
    private const WHOLE = [
        ...['events', 'log_likelihood_null', 'log_likelihood', 'degrees', 'score', 'score_p', 'wald', 'wald_p'],
        ...['likelihood_ratio', 'likelihood_ratio_p', 'concordance', 'pairs'],
    ];
    private const EACH = [
        'hazard_ratio' => 'hazardRatio',
        'hazard_ratio_low' => 'hazardRatioLow',
        'hazard_ratio_high' => 'hazardRatioHigh',
        'z' => 'z',
        'p_value' => 'pValue',
        'plain_error' => 'plainError',
        'spread' => 'spread',
    ];
    private const BOUNDS = ['degrees' => [0.0, Stored::PREDICTORS]];

    /** @return array<string, mixed> */
    public static function write(Cox $model): array
    {
        $baseline = $model->baseline;
        $said = [
            'ties' => self::TIES[$model->ties->value],
            'robust' => $model->robust,
            'columns' => Stored::writeColumns($model->coefficient, $model->reference),
            'strata' => $baseline->strata,
            'baseline' => null,
        ];
        if ($baseline->time !== []) {
            $said['baseline'] = ['stratum' => $baseline->codes];
            foreach (self::STEPS as $key => $property) {
                $said['baseline'][$key] = array_map(Stored::number(...), $baseline->$property);
            }
        }
        return Stored::write(self::FAMILY, $said, $model->report, self::found($model->summary));
    }

    /** @return array<string, int|float|list<float>> */
    private static function found(Summary $summary): array
    {
        $found = [
            'events' => $summary->events,
            'log_likelihood_null' => $summary->logLikelihoodNull,
            'degrees' => $summary->score->degrees,
            'score' => $summary->score->statistic,
            'score_p' => $summary->score->pValue,
            'wald' => $summary->wald->statistic,
            'wald_p' => $summary->wald->pValue,
            'likelihood_ratio' => $summary->likelihoodRatio->statistic,
            'likelihood_ratio_p' => $summary->likelihoodRatio->pValue,
            'concordance' => $summary->concordance,
            'pairs' => $summary->pairs,
        ];
        foreach (self::EACH as $key => $property) {
            $found[$key] = array_values($summary->$property);
        }
        return $found;
    }

    /**
     * Arguments of the constructor.
     *
     * @return array{Ties, array<string, float>, array<string, float>, FitReport, Summary, Baseline, bool}
     */
    public static function read(mixed $given): array
    {
        [$stored] = Stored::open($given, [self::FAMILY]);
        $ties = Ties::from((int) array_search($stored->text('ties', self::TIES), self::TIES, true));
        $robust = $stored->yesOrNo('robust');
        [$coefficient, $reference] = $stored->columns(1, Stored::PREDICTORS);
        $strata = self::labels($stored);
        $baseline = self::baseline($stored, count($coefficient), $strata);
        $names = array_map(strval(...), array_keys($coefficient));
        $whole = array_diff(self::WHOLE, ['log_likelihood']);
        $fit = $stored->fit($names, array_values($coefficient), $whole, array_keys(self::EACH), self::BOUNDS)
            ?? throw new ArgumentException('fit is null; a Cox regression comes from a fit', 1);
        $stored->done();
        [$report, $found] = $fit;
        self::checkFound($found);
        $found['log_likelihood'] = $report->logLikelihood;
        return [$ties, $coefficient, $reference, $report, Summary::of(self::numbers($found), $names), $baseline, $robust];
    }

    /**
     * @param array<string, mixed> $found
     * @return list<float> as the extension has them
     */
    private static function numbers(array $found): array
    {
        $numbers = array_map(static fn (string $name): float => $found[$name], self::WHOLE);
        $each = array_map(static fn (string $name): array => $found[$name], array_keys(self::EACH));
        return [...$numbers, (float) count($found['z']), ...array_merge(...$each)];
    }

    /** @param array<string, mixed> $found */
    private static function checkFound(array $found): void
    {
        $fit = new Stored([], 'fit.');
        $fit->checkLimits('hazard_ratio_low', $found['hazard_ratio_low'], 'hazard_ratio_high', $found['hazard_ratio_high']);
        if (fmod($found['degrees'], 1.0) > 0.0) {
            throw new ArgumentException('fit.degrees is ' . Stored::shown($found['degrees']) . '; it must be a whole number', 1);
        }
    }

    /** @return ?list<int|string> */
    private static function labels(Stored $stored): ?array
    {
        if ($stored->isNull('strata')) {
            return null;
        }
        $labels = $stored->items('strata');
        if ($labels === [] || count($labels) > 1024) {
            throw new ArgumentException('strata has ' . count($labels) . ' entries; it must have 1 to 1024, or be null', 1);
        }
        foreach ($labels as $place => $label) {
            if (!is_string($label) && !is_int($label)) {
                throw new ArgumentException("strata[$place] must be a text or a whole number, not " . get_debug_type($label), 1);
            }
            if (get_debug_type($label) !== get_debug_type($labels[0])) {
                throw new ArgumentException("strata[$place] and strata[0] differ in kind; all must be texts, or all whole numbers", 1);
            }
            if (array_search($label, $labels, true) !== $place) {
                throw new ArgumentException("strata[$place] is $label, and so is another of them", 1);
            }
        }
        return $labels;
    }

    /** @param ?list<int|string> $strata */
    private static function baseline(Stored $stored, int $predictors, ?array $strata): Baseline
    {
        if ($stored->isNull('baseline')) {
            return Baseline::none();
        }
        $part = $stored->part('baseline');
        $count = $part->length('time');
        $codes = $part->column('stratum', $count);
        $last = count($strata ?? [0]) - 1;
        foreach ($codes as $row => $code) {
            if (!($code >= 0.0 && $code <= $last && $code === floor($code))) {
                throw new ArgumentException("baseline.stratum[$row] is " . Stored::shown($code) . "; it must be a whole number from 0 to $last", 1);
            }
        }
        $steps = [];
        foreach (self::STEPS as $key => $property) {
            $steps[$property] = $part->column($key, $key === 'drift' ? $count * $predictors : $count);
        }
        $part->done();
        foreach (['at_risk' => $steps['atRisk'], 'events' => $steps['events']] as $name => $column) {
            foreach ($column as $row => $value) {
                if (!($value >= 0.0 && $value < INF)) {
                    $said = Stored::shown($value);
                    throw new ArgumentException("baseline.{$name}[$row] is $said; it must be finite and at least 0", 1);
                }
            }
        }
        foreach ($steps['events'] as $row => $events) {
            if ($events > $steps['atRisk'][$row] * (1.0 + 1e-9)) {
                $rule = "it must be at most baseline.at_risk[$row], " . Stored::shown($steps['atRisk'][$row]);
                throw new ArgumentException("baseline.events[$row] is " . Stored::shown($events) . "; $rule", 1);
            }
        }
        return new Baseline($strata, array_map(intval(...), $codes), ...$steps);
    }

    /**
     * The rules of the library for coefficients and baseline: it is asked about no rows.
     *
     * @param list<float> $numbers of the model
     * @param list<float> $covariance
     */
    public static function check(array $numbers, Baseline $baseline, array $covariance): void
    {
        if ($baseline->time === []) {
            return;
        }
        $steps = [$baseline->codes, $baseline->time, $baseline->hazard, $baseline->variance, $baseline->drift];
        try {
            retain_cox_survival(null, $numbers, ...$steps, ...[$covariance, [], 0, [], [], 0.95, 0, [0.0], true, false, false, false]);
        } catch (DataException $refused) {
            throw new ArgumentException($refused->getMessage(), 1);
        }
    }
}
