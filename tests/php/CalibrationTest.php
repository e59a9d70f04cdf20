<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calibration;
use Retain\Calibration\Beta;
use Retain\Calibration\Isotonic;
use Retain\Calibration\Model;
use Retain\Calibration\Platt;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Verdict;

final class CalibrationTest extends TestCase
{
    /** @return array<string, list<float>> */
    private static function customers(): array
    {
        $rows = self::golden('calibration/customers.csv');
        $columns = [];
        foreach (array_keys($rows[0]) as $name) {
            $columns[$name] = array_map($name === 'outcome' ? intval(...) : floatval(...), array_column($rows, $name));
        }
        return $columns;
    }

    private static function close(string $cell, float $got, string $what, float $tolerance = 1e-10): void
    {
        $want = $cell === '' ? NAN : (float) $cell;
        self::assertNear($want, $got, $tolerance * (1 + (is_nan($want) ? 0.0 : abs($want))), $what);
    }

    /** @param array<string, string> $row */
    private static function fitted(array $row): Model
    {
        $shop = self::customers();
        $given = [$shop[$row['score_column']], $shop['outcome'], $row['weights'] === '1' ? $shop['weight'] : null, (float) $row['level']];
        return $row['kind'] === 'beta' ? Beta::fit(...$given) : Platt::fit(...[...$given, $row['plain'] === '1']);
    }

    public function testMeetsTheGoldenFits(): void
    {
        foreach (self::golden('calibration/fits.csv') as $row) {
            $model = self::fitted($row);
            self::assertSame(Verdict::Converged, $model->report->verdict);
            foreach ($model->parameters() as $name => $value) {
                self::close($row[$name], $value, $name);
                self::close($row["error_$name"], $model->report->standardError[$name], "error of $name");
                self::close($row["low_$name"], $model->report->low[$name], "low of $name");
                self::close($row["high_$name"], $model->report->high[$name], "high of $name");
            }
            self::close($row['cov_ac'], $model->report->covariance[2], 'covariance');
            self::close($row['log_likelihood'], $model->report->logLikelihood, 'log likelihood');
        }
        foreach (self::golden('calibration/probabilities.csv') as $row) {
            $found = self::fitted($row)->interval([(float) $row['score']], (float) $row['level']);
            foreach (['probability', 'low', 'high'] as $name) {
                self::close($row[$name], $found->$name[0], $name);
            }
        }
    }

    public function testMeetsTheGoldenCurvesAndBins(): void
    {
        $shop = self::customers();
        $weight = static fn (array $row): ?array => $row['weights'] === '1' ? $shop['weight'] : null;
        $knots = [];
        foreach (self::golden('calibration/knots.csv') as $row) {
            $knots["$row[score_column]$row[weights]"][] = $row;
        }
        foreach ($knots as $rows) {
            $model = Isotonic::fit($shop[$rows[0]['score_column']], $shop['outcome'], $weight($rows[0]));
            self::assertSame(array_map(floatval(...), array_column($rows, 'score')), $model->score);
            foreach ($rows as $k => $row) {
                self::close($row['probability'], $model->probability[$k], 'knot', 1e-14);
            }
            self::assertSame($model->probability, $model->predict($model->score));
        }
        foreach (self::golden('calibration/reliability.csv') as $row) {
            $found = Calibration::reliability($shop[$row['score_column']], $shop['outcome'], [(float) $row['at']], $weight($row), draws: 5);
            self::close($row['expected'], $found->expected[0], 'expected', 1e-14);
        }
        $names = ['customers' => 'customers', 'positives' => 'positives', 'mean_score' => 'meanScore', 'share' => 'share', 'low' => 'low', 'high' => 'high'];
        foreach (self::golden('calibration/bins.csv') as $row) {
            $found = Calibration::bins($shop[$row['score_column']], $shop['outcome'], (int) $row['bins'], $weight($row), (float) $row['level']);
            foreach ($names as $column => $property) {
                self::close($row[$column], $found->$property[(int) $row['bin']], $column, 1e-13);
            }
        }
    }

    public function testIsAPlainValue(): void
    {
        $model = Platt::fit([1, 2, 3, 4], [0, 1, 0, 1]);
        $again = new Platt(...$model->parameters());
        self::assertSame($model->predict([1.5, 7.0]), $again->predict([1.5, 7.0]));
        self::assertStringContainsString('was not fitted', self::thrownBy(static fn () => $again->interval([1.0]))->getMessage());
        self::assertSame($model->predict([1.5]), (new Isotonic([0.0, 3.0], [$model->predict([1.5])[0], 1.0]))->predict([-1.0]));
        self::assertIsString($model->predict(pack('d', 1.5)));
        self::assertCount(11, Calibration::reliability([0.0, 0.5, 1.0], [0, 1, 1]));
        self::assertCount(3, Calibration::bins([0.0, 0.5, 1.0], [0, 1, 1], 3)->rows());
    }

    public function testTellsInWordsWhatDataCannotSay(): void
    {
        foreach ([
            'happened to all of 2 customers' => [Verdict::TooLittleData, static fn () => Platt::fit([1.0, 2.0], [1, 1])],
            'there are no customers' => [Verdict::TooLittleData, static fn () => Platt::fit([], [])],
            'parts the outcomes without error' => [Verdict::Boundary, static fn () => Beta::fit([.1, .2, .8, .9], [0, 0, 1, 1])],
            'too alike' => [Verdict::Ridge, static fn () => Beta::fit([0.0, 1e-20, 1e-18, 1e-17], [0, 1, 0, 1])],
        ] as $words => [$verdict, $call]) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ConvergenceException::class, $thrown);
            self::assertStringContainsString($words, $thrown->getMessage());
            self::assertSame($verdict, $thrown->report->verdict);
            self::assertInstanceOf(Model::class, $thrown->model);
        }
        self::assertInstanceOf(ConvergenceException::class, self::thrownBy(static fn () => Isotonic::fit([1.0, 2.0], [0, 0])));
    }

    public function testRefusesWhatIsNoScore(): void
    {
        foreach ([
            'score[1] is NaN' => static fn () => Platt::fit([0.5, NAN], [0, 1]),
            'outcome[0] is 2' => static fn () => Platt::fit([0.5, 0.5], [2, 1]),
            'score[0] is 1.5; beta' => static fn () => Beta::fit([1.5], [1]),
            'score[0] is infinity' => static fn () => (new Platt(1.0, 0.0))->predict([INF]),
            'score[0] is 7; it must lie in [0, 1]' => static fn () => Calibration::reliability([7.0], [1]),
            'knotScore[1] is 1' => static fn () => (new Isotonic([2.0, 1.0], [0.0, 1.0]))->predict([1.0]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        foreach ([
            'outcome has 1 rows' => static fn () => Platt::fit([0.5, 0.5], [1]),
            'level is 95' => static fn () => Beta::fit([0.5], [1], level: 95),
            'bins is 0' => static fn () => Calibration::bins([0.5], [1], 0),
            'draws is 0' => static fn () => Calibration::reliability([0.5], [1], draws: 0),
            'score is null' => static fn () => Isotonic::fit(null, [1]),
            'calibration.a is -1' => static fn () => (new Beta(-1.0, 1.0, 0.0))->predict([0.5]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
    }
}
