<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Cox;
use Retain\Cox\Ties;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Predictors;

final class CoxTest extends TestCase
{
    /** @return array<string, array<string, list<float>>> columns of the rows of each data set of the oracles */
    private static function data(): array
    {
        $sets = [];
        foreach (self::golden('cox/cox_data.csv') as $row) {
            foreach (['exit', 'entry', 'event', 'x1', 'x2', 'x3'] as $name) {
                if ($row[$name] !== '') {
                    $sets[$row['dataset']][$name][] = (float) $row[$name];
                }
            }
        }
        return $sets;
    }

    public function testMeetsTheOracles(): void
    {
        $sets = self::data();
        foreach (self::golden('cox/cox.csv') as $row) {
            $of = $sets[$row['dataset']];
            $predictors = new Predictors(array_intersect_key($of, ['x1' => 0, 'x2' => 0, 'x3' => 0]));
            $ties = $row['ties'] === 'efron' ? Ties::Efron : Ties::Breslow;
            $model = Cox::fit($predictors, $of['exit'], array_map(intval(...), $of['event']), entry: $of['entry'], ties: $ties);
            $relative = $row['kind'] === 'stress' ? 1e-9 : 1e-12;
            foreach (
                [
                    'coef' => $model->coefficient[$row['covariate']],
                    'se' => $model->report->standardError[$row['covariate']],
                    'loglik_null' => $model->summary->logLikelihoodNull,
                    'loglik' => $model->summary->logLikelihood,
                    'score_test' => $model->summary->score->statistic,
                ] as $name => $got
            ) {
                $want = (float) $row[$name];
                self::assertNear($want, $got, $relative * abs($want), "$row[id] $name");
            }
        }
    }

    public function testMeetsThePublishedFigures(): void
    {
        $rows = array_filter(self::golden('cox/lung.csv'), static fn (array $row): bool => $row['ecog'] !== '');
        $column = static fn (string $name): array => array_map(floatval(...), array_column($rows, $name));
        $predictors = new Predictors(['age' => $column('age'), 'sex' => $column('sex'), 'ecog' => $column('ecog')]);
        $model = Cox::fit($predictors, $column('time'), array_map(intval(...), $column('event')));
        self::assertNear(.0110667646, $model->coefficient['age'], 1e-9);
        self::assertNear(-.5526123957, $model->coefficient['sex'], 1e-9);
        self::assertNear(.637135493, $model->summary->concordance, 1e-9);
        self::assertNear(exp($model->coefficient['ecog']), $model->summary->hazardRatio['ecog'], 1e-15);
        $limits = $model->riskLimits($predictors);
        self::assertSame($model->risk($predictors), $limits['ratio']);
        self::assertNear(log($limits['ratio'][0]), $model->logRisk($predictors)[0], 1e-12);
        self::assertGreaterThan($limits['low'][0], $limits['high'][0]);
    }

    public function testSaysWhichCoefficientRunsAway(): void
    {
        try {
            Cox::fit(new Predictors(['late' => [1, 1, 1, 0, 0, 0]]), [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]);
            self::fail('there is no maximum');
        } catch (ConvergenceException $exception) {
            self::assertStringContainsString('as late grows without limit', $exception->getMessage());
            self::assertInstanceOf(Cox::class, $exception->model);
        }
    }

    public function testRefusesOverlappingRowsOfACustomer(): void
    {
        $this->expectException(DataException::class);
        $this->expectExceptionMessage('they must not overlap');
        Cox::fit(new Predictors(['late' => [1, 0, 1]]), [5, 8, 4], [0, 1, 1], entry: [0, 4, 0], customer: ['ann', 'ann', 'bob']);
    }

    public function testHoldsCoefficientsByName(): void
    {
        $predictors = new Predictors(['a' => [1, 0, 2, 1, 0, 3], 'b' => [0, 1, 1, 2, 0, 1]]);
        $model = Cox::fit($predictors, [1, 2, 3, 4, 5, 6], fixed: ['b' => .25]);
        self::assertSame(.25, $model->coefficient['b']);
        $this->expectException(ArgumentException::class);
        Cox::fit($predictors, [1, 2, 3, 4, 5, 6], fixed: ['c' => .25]);
    }
}
