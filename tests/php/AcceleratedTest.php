<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Accelerated;
use Retain\Accelerated\Family;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Predictors;

final class AcceleratedTest extends TestCase
{
    public function testMeetsTheGoldenFigures(): void
    {
        $shop = self::golden('cox/shop_rows.csv');
        $column = static fn (string $name): array => array_map(floatval(...), array_column($shop, $name));
        foreach (self::golden('accelerated/cases.csv') as $case) {
            $late = $case['late'] === '1';
            $predictors = $case['columns'] === '0' ? null : new Predictors(['tickets' => $column('tickets'), 'plan' => $column('plan')]);
            $model = Accelerated::fit(
                Family::from((int) $case['family']),
                $predictors,
                $column('exit'),
                array_map(intval(...), array_column($shop, 'event')),
                entry: $late ? $column('entry') : null,
                weight: $late ? $column('weight') : null
            );
            self::assertNear((float) $case['log_likelihood'], $model->report->logLikelihood, 1e-9, $case['case']);
            foreach (self::golden('accelerated/entries.csv') as $row) {
                $estimated = ['estimate' => [$model->report->estimate, 1e-8], 'standard_error' => [$model->report->standardError, 1e-7]];
                foreach ($row['case'] === $case['case'] ? $estimated : [] as $name => [$got, $tolerance]) {
                    $want = (float) $row[$name];
                    self::assertNear($want, array_values($got)[(int) $row['entry']], $tolerance * (abs($want) + 1e-3), "$row[case] entry $row[entry], $name");
                }
            }
            foreach (self::golden('accelerated/forecasts.csv') as $row) {
                if ($row['case'] !== $case['case']) {
                    continue;
                }
                $one = $predictors === null ? null : new Predictors(['tickets' => [(float) $row['tickets']], 'plan' => [(float) $row['plan']]]);
                $lasted = [(float) $row['from']];
                $survival = $model->survival($one, (float) $row['ahead'], $lasted);
                $median = $model->quantile($one, lasted: $lasted);
                $mean = $model->remaining($one, (float) $row['ahead'], $lasted);
                foreach (
                    [
                        'survival' => $survival->value, 'low' => $survival->low, 'high' => $survival->high, 'median' => $median->value,
                        'median_high' => $median->high, 'mean' => $mean->value, 'mean_low' => $mean->low,
                    ] as $name => $got
                ) {
                    self::assertNear((float) $row[$name], $got[0], 1e-6 * (1.0 + abs((float) $row[$name])), "$row[case] $name");
                }
            }
        }
    }

    public function testRefusesByName(): void
    {
        $model = Accelerated::fit(Family::Weibull, new Predictors(['a' => [1, 0, 2, 1, 0, 3]]), [1, 3, 3, 8, 12, 12], [1, 1, 0, 1, 0, 1]);
        try {
            $model->quantile();
            self::fail('it has a predictor');
        } catch (ArgumentException $exception) {
            self::assertStringContainsString('the model reads a', $exception->getMessage());
        }
        try {
            Accelerated::fit(Family::LogNormal, null, [3, 3, 3]);
            self::fail('there is no shape');
        } catch (ConvergenceException $exception) {
            self::assertStringContainsString('at the same time', $exception->getMessage());
        }
        $this->expectException(DataException::class);
        Accelerated::fit(Family::Weibull, null, [0, 3, 3]);
    }
}
