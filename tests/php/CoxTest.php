<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Cox;
use Retain\Cox\Ties;
use Retain\Cox\Transform;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Hazard;
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

    /** Values of R's survival 3.5. */
    public function testMeetsThePublishedFiguresOfRossi(): void
    {
        $rows = self::golden('cox/rossi.csv');
        $column = static fn (string $name): array => array_map(floatval(...), array_column($rows, $name));
        $names = ['fin', 'age', 'race', 'wexp', 'mar', 'paro', 'prio'];
        $model = Cox::fit(new Predictors(array_combine($names, array_map($column, $names))), $column('week'), array_map(intval(...), $column('arrest')));
        $want = [-.3794222, -.0574377, .3138998, -.1497957, -.4337039, -.0848711, .0914971];
        $error = [.1913795, .0219995, .3079928, .2122243, .3818681, .1957567, .0286486];
        foreach ($names as $j => $name) {
            self::assertNear($want[$j], $model->coefficient[$name], 1e-7, $name);
            self::assertNear($error[$j], $model->report->standardError[$name], 1e-7, "error of $name");
        }
        self::assertNear(-675.380632, $model->summary->logLikelihoodNull, 1e-6);
        self::assertNear(-658.747659, $model->summary->logLikelihood, 1e-6);
        self::assertNear(.640329247, $model->summary->concordance, 1e-9);
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

    public function testTellsOverlappingRowsWithTheCallersOwnCustomer(): void
    {
        $rows = [new Predictors(['late' => [1, 0, 1]]), [9, 5, 7], [1, 0, 1], [0, 0, 4]];
        foreach (
            [
                [['bob', 'ann', 'ann'], "'ann'"],
                [['10', '007', '007'], "'007'"],
                [[7, -3, -3], '-3'],
                [pack('q*', 7, -3, -3), '-3'],
            ] as [$customer, $said]
        ) {
            $sentence = "rows[1] and rows[2] are both of customer $said, from 0 to 5 and from 4 to 7; they must not overlap";
            foreach ([Cox::fit(...), Hazard::fit(...)] as $fit) {
                $thrown = self::thrownBy(static fn () => $fit(...$rows, customer: $customer));
                self::assertInstanceOf(DataException::class, $thrown);
                self::assertSame([$sentence, 2], [$thrown->getMessage(), $thrown->row]);
            }
        }
    }

    public function testRefusesInTheWordsOfItsArguments(): void
    {
        $this->expectException(DataException::class);
        $this->expectExceptionMessageMatches('/^exit\[1\] is NaN/');
        Cox::fit(new Predictors(['a' => [1, 2]]), [5, NAN]);
    }

    public function testHoldsCoefficientsByName(): void
    {
        $predictors = new Predictors(['a' => [1, 0, 2, 1, 0, 3], 'b' => [0, 1, 1, 2, 0, 1]]);
        $model = Cox::fit($predictors, [1, 2, 3, 4, 5, 6], fixed: ['b' => .25]);
        self::assertSame(.25, $model->coefficient['b']);
        $this->expectException(ArgumentException::class);
        Cox::fit($predictors, [1, 2, 3, 4, 5, 6], fixed: ['c' => .25]);
    }

    /**
     * A fitted case of the golden shop, and its rows.
     *
     * @return array{Cox, array<string, mixed>}
     */
    private static function shop(array $case): array
    {
        $of = self::golden('cox/shop_rows.csv');
        $column = static fn (string $name): array => array_map(floatval(...), array_column($of, $name));
        $rows = [
            'predictors' => new Predictors(['tickets' => $column('tickets'), 'plan' => $column('plan')]),
            'exit' => $column('exit'),
            'event' => array_map(intval(...), array_column($of, 'event')),
        ];
        $rows += $case['late'] === '1' ? ['entry' => $column('entry')] : [];
        $rows += $case['weights'] === '1' ? ['weight' => $column('weight')] : [];
        $rows += $case['strata'] === '1' ? ['stratum' => array_map(static fn (string $s): string => $s === '1' ? 'yes' : 'no', array_column($of, 'stratum'))] : [];
        return [Cox::fit(...$rows, ties: $case['ties'] === 'efron' ? Ties::Efron : Ties::Breslow), $rows];
    }

    public function testChecksMeetTheGoldenOnes(): void
    {
        $near = static fn (string $want, float $got, string $what): mixed => self::assertNear((float) $want, $got, 1e-12 + 1e-10 * abs((float) $want), $what);
        foreach (self::golden('cox/shop_cases.csv') as $case) {
            [$model, $rows] = self::shop($case);
            $of = static fn (string $name): array => array_values(
                array_filter(self::golden("cox/shop_$name.csv"), static fn (array $row): bool => $row['case'] === $case['case'])
            );
            $found = $model->residuals(...$rows);
            self::assertCount(count($rows['exit']), $found);
            foreach ($of('residuals') as $row) {
                $i = (int) $row['row'];
                $near($row['martingale'], $found->martingale[$i], 'martingale');
                $near($row['deviance'], $found->deviance[$i], 'deviance');
                foreach (['tickets', 'plan'] as $k => $name) {
                    $near($row["score$k"], $found->score[$name][$i], 'score');
                    $near($row["influence$k"], $found->influence[$name][$i], 'influence');
                }
            }
            $events = $model->schoenfeld(...$rows);
            self::assertCount(array_sum($rows['event']), $events);
            $place = array_flip($events->row);
            foreach ($of('schoenfeld') as $row) {
                $at = $place[(int) $row['row']];
                $near($row['time'], $events->time[$at], 'time');
                foreach (['tickets', 'plan'] as $k => $name) {
                    $near($row["residual$k"], $events->residual[$name][$at], 'residual');
                    $near($row["scaled$k"], $events->scaled[$name][$at], 'scaled');
                }
            }
            $transforms = ['km' => Transform::KaplanMeier, 'identity' => Transform::Identity, 'log' => Transform::Log, 'rank' => Transform::Rank];
            foreach ($of('proportional') as $row) {
                $tests = $model->proportional(...$rows, transform: $transforms[$row['transform']]);
                $near($row['chi_squared'], $tests[['tickets', 'plan', 'all'][(int) $row['predictor']]]->statistic, 'proportional');
            }
        }
    }

    public function testForecastsMeetTheGoldenOnes(): void
    {
        foreach (self::golden('cox/shop_cases.csv') as $case) {
            [$model] = self::shop($case);
            $of = static fn (string $name): array => array_filter(self::golden("cox/shop_$name.csv"), static fn (array $row): bool => $row['case'] === $case['case']);
            $check = static function (array $row, array $got): void {
                foreach ($got as $name => $value) {
                    $want = self::number($row[$name]);
                    self::assertNear($want, $value, 1e-11 * (abs($want) + 1e-3), "$row[case] $name");
                }
            };
            foreach ($of('coefficients') as $row) {
                $name = ['tickets', 'plan'][(int) $row['predictor']];
                $covariance = array_map(array_values(...), array_values($model->report->covariance))[(int) $row['predictor']];
                $check($row, ['coefficient' => $model->coefficient[$name], 'reference' => $model->reference[$name], 'cov0' => $covariance[0], 'cov1' => $covariance[1]]);
            }
            $place = [];
            foreach ($model->baseline->time as $at => $time) {
                $code = $model->baseline->codes[$at] ?? 0;
                $label = $model->baseline->strata[$code] ?? 'no';
                $place[$label === 'yes' ? '1' : '0'][(string) $time] = $at;
            }
            foreach ($of('steps') as $row) {
                $at = $place[$row['stratum']][(string) (float) $row['time']];
                $check($row, ['hazard' => $model->baseline->hazard[$at], 'variance' => $model->baseline->variance[$at]]);
            }
            foreach ([...$of('survival'), ...$of('remaining')] as $row) {
                $one = new Predictors(['tickets' => [(float) $row['tickets']], 'plan' => [(float) $row['plan']]]);
                $stratum = $case['strata'] === '1' ? [['no', 'yes'][(int) $row['stratum']]] : null;
                if (isset($row['survival'])) {
                    $found = $model->survivalLimits($one, (float) $row['ahead'], [(float) $row['from']], $stratum);
                    $limits = ['survival' => $found->value[0], 'low' => $found->low[0], 'high' => $found->high[0]];
                } else {
                    $found = $model->remaining($one, (float) $row['horizon'], [(float) $row['from']], $stratum);
                    $limits = ['mean' => $found->value[0]];
                }
                $check($row, $limits + ['standard_error' => $found->standardError[0]]);
            }
        }
    }

    public function testChecksRefuseRowsThatAreNotOfOneLength(): void
    {
        [$model, $rows] = self::shop(['ties' => 'efron', 'late' => '0', 'weights' => '0', 'strata' => '0']);
        foreach (['proportional', 'residuals', 'schoenfeld'] as $check) {
            foreach (
                [
                    'exit has 3 rows, predictors have 48; they must have as many' => ['exit' => [1.0, 2.0, 3.0]],
                    'event has 2 rows, exit has 48' => ['event' => [1, 0]],
                    'entry has 1 rows, exit has 48' => ['entry' => [0.0]],
                    'weight has 1 rows, exit has 48' => ['weight' => [1.0]],
                    "stratum is given, and the model has none" => ['stratum' => ['a']],
                ] as $said => $wrong
            ) {
                $thrown = self::thrownBy(static fn () => $model->$check(...($wrong + $rows)));
                self::assertInstanceOf(ArgumentException::class, $thrown, $said);
                self::assertStringContainsString($said, $thrown->getMessage());
            }
        }
    }

    public function testErrorsSpeakOfWhatTheCallerGave(): void
    {
        $X = new Predictors(['a' => [1, 0, 2, 1, 0, 3]]);
        $model = Cox::fit($X, [1, 2, 3, 4, 5, 6]);
        $other = \Retain\Accelerated::fit(\Retain\Accelerated\Family::Weibull, $X, [1, 2, 3, 4, 5, 6]);
        $aged = array_fill(0, 6, -1.0);
        foreach (
            [
                static fn () => $model->survival($X, [1.0], $aged),
                static fn () => $model->remaining($X, 1.0, $aged),
                static fn () => $model->quantile($X, 0.5, $aged),
                static fn () => $other->survival($X, 1.0, $aged),
                static fn () => $other->quantile($X, 0.5, $aged),
                static fn () => $other->remaining($X, 1.0, $aged),
            ] as $call
        ) {
            self::assertStringStartsWith('lasted[0] is -1; it must be', self::thrownBy($call)?->getMessage() ?? '');
        }
        foreach (
            [
                'predictors have no rows' => static fn () => Cox::fit(new Predictors(['a' => []]), []),
                'exit has no rows' => static fn () => \Retain\Accelerated::fit(\Retain\Accelerated\Family::Weibull, null, []),
            ] as $said => $call
        ) {
            self::assertStringContainsString($said, self::thrownBy($call)?->getMessage() ?? '');
        }
    }
}
