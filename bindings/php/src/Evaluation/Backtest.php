<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Btyd\Family;
use Retain\Btyd\Model;
use Retain\Exception\ArgumentException;
use Retain\Value;
use Retain\Verdict;

/**
 * What every method would have forecast at each origin, and what came.
 *
 *     $test->figure('rmse', 'MBG/NBD');            // [0.71, 0.69, 0.70]: at each origin, and over all of them
 *     foreach ($test->rows() as $row) { ... }      // origin, measure, method and all figures
 *
 * Methods are the families, then the naive rules: 'last period' (the last days repeated), 'own rate' (each goes on at his x / T),
 * 'overall mean' (everybody goes on at the same rate), 'longest absent' (a ranking only: who was absent longest comes last).
 */
final readonly class Backtest extends Value
{
    /** Names of the figures: those of Errors and Ranking, the capture of the best customers, and the gains over the best naive rule. */
    public const FIGURES = [
        'customers', 'expected', 'actual', 'bias', 'biasLow', 'biasHigh', 'mae', 'maeLow', 'maeHigh', 'rmse', 'rmseLow', 'rmseHigh',
        'aggregate', 'aggregateLow', 'aggregateHigh', 'normalised', 'normalisedLow', 'normalisedHigh', 'spearman', 'spearmanLow',
        'spearmanHigh', 'capture', 'captureLow', 'captureHigh', 'perfectCapture', 'maeGain', 'rmseGain', 'normalisedGain', 'captureGain',
    ];

    /**
     * @param list<int> $origins day numbers: calibration up to and with that day
     * @param list<Family> $families
     * @param list<string> $methods
     * @param list<string> $measures 'orders', and 'money' where it was asked for
     * @param array<string, list<float>> $figures by name, as the library writes them: origin after origin, then all origins; in each
     *        measure after measure, in each method after method
     * @param list<list<Verdict>> $verdicts of each family at each origin; Verdict::None where models were given
     * @param list<list<float>> $bic the same; NaN where models were given
     * @param list<list<list<float>>> $estimates parameters of each family at each origin
     */
    public function __construct(
        public array $origins,
        public array $families,
        public array $methods,
        public array $measures,
        public array $figures,
        public array $verdicts,
        public array $bic,
        public array $estimates,
        public float $unitDays,
    ) {
    }

    /**
     * One figure of one method.
     *
     * @return list<float> at each origin, and over all of them as the last entry
     */
    public function figure(string $name, string $method, string $measure = 'orders'): array
    {
        $at = self::place($method, $this->methods, 'method') + count($this->methods) * self::place($measure, $this->measures, 'measure');
        $column = $this->figures[self::FIGURES[self::place($name, self::FIGURES, 'name')]];
        $step = count($this->methods) * count($this->measures);
        return array_map(static fn (int $origin): float => $column[$origin * $step + $at], range(0, count($this->origins)));
    }

    /**
     * One row for each origin, measure and method; origin is null for all origins together.
     *
     * @return list<array<string, int|string|float|null>>
     */
    public function rows(): array
    {
        $rows = [];
        foreach ([...$this->origins, null] as $o => $origin) {
            foreach ($this->measures as $k => $measure) {
                foreach ($this->methods as $m => $method) {
                    $at = ($o * count($this->measures) + $k) * count($this->methods) + $m;
                    $figures = array_map(static fn (array $column): float => $column[$at], $this->figures);
                    $rows[] = ['origin' => $origin, 'measure' => $measure, 'method' => $method, ...$figures];
                }
            }
        }
        return $rows;
    }

    /** The model that was fitted at an origin, by its place among the origins; null means the last. */
    public function model(Family $family, ?int $origin = null): Model
    {
        $at = array_search($family, $this->families, true);
        $origin ??= count($this->origins) - 1;
        if ($at === false || !isset($this->estimates[$origin])) {
            throw new ArgumentException($at === false ? $family->name . ' was not tested' : "origin is $origin; there are " . count($this->origins), 1);
        }
        $parameters = array_combine($family->parameters(), array_slice($this->estimates[$origin][$at], 0, count($family->parameters())));
        $class = $family->model();
        return new $class(...[...$parameters, 'unitDays' => $this->unitDays]);
    }

    /** @param list<string> $all */
    private static function place(string $one, array $all, string $name): int
    {
        $at = array_search($one, $all, true);
        return $at === false ? throw new ArgumentException("$name is '$one'; it must be one of '" . implode("', '", $all) . "'", 1) : $at;
    }
}
