<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Logistic;
use Retain\LogisticDirection;
use Retain\LogisticVerdict;
use Retain\Predictors;

final class LogisticTest extends TestCase
{
    /** @return array{Predictors, list<int>, list<float>} a data set of the golden tables */
    private static function given(string $name): array
    {
        $rows = array_values(array_filter(self::golden('logistic/rows.csv'), static fn (array $row): bool => $row['dataset'] === $name));
        $columns = [];
        foreach (['x1', 'x2', 'x3', 'x4', 'x5'] as $x) {
            if ($rows[0][$x] !== '') {
                $columns[$x] = array_map(floatval(...), array_column($rows, $x));
            }
        }
        return [
            new Predictors($columns),
            array_map(intval(...), array_column($rows, 'y')),
            array_map(floatval(...), array_column($rows, 'weight')),
        ];
    }

    public function testMeetsTheGoldenCoefficients(): void
    {
        $cases = [];
        foreach (self::golden('logistic/coefficients.csv') as $row) {
            $cases["{$row['dataset']} {$row['lambda']}"][] = $row;
        }
        foreach ($cases as $rows) {
            [$predictors, $outcome, $weight] = self::given($rows[0]['dataset']);
            $model = Logistic::fit($predictors, $outcome, $weight, l2: (float) $rows[0]['lambda'], unscaled: true);
            $coefficients = [$model->intercept, ...array_values($model->coefficients)];
            foreach ($rows as $e => $row) {
                self::assertNear((float) $row['coef'], $coefficients[$e], 1e-12, $row['id']);
                self::assertNear((float) $row['se_penalised_hessian'], array_values($model->report->standardError)[$e], 1e-12, $row['id']);
                self::assertNear((float) $row['objective'], $model->report->objective, 1e-12, $row['id']);
            }
        }
    }

    public function testContributionsAddUpToTheLogOddsToTheLastBit(): void
    {
        [$predictors, $outcome] = self::given('mid5');
        $model = Logistic::fit($predictors, $outcome);
        $logOdds = $model->logOdds($predictors);
        $contributions = array_chunk($model->contributions($predictors), 5);
        $reasons = $model->reasons($predictors, 2);
        self::assertCount(200, $reasons);
        foreach ($reasons as $i => $ofRow) {
            $sum = $model->base();
            foreach ($contributions[$i] as $contribution) {
                $sum += $contribution;
            }
            self::assertSame($logOdds[$i], $sum);
            self::assertCount(2, $ofRow);
            self::assertSame(max(array_map(abs(...), $contributions[$i])), abs($ofRow[0]->contribution));
            self::assertSame($contributions[$i][(int) substr($ofRow[1]->predictor, 1) - 1], $ofRow[1]->contribution);
        }
        foreach ($model->reasons($predictors, 5, LogisticDirection::Raising) as $ofRow) {
            foreach ($ofRow as $reason) {
                self::assertGreaterThan(0.0, $reason->contribution);
            }
        }
        self::assertEqualsWithDelta(array_map(static fn (float $x): float => 1 / (1 + exp(-$x)), $logOdds), $model->probability($predictors), 1e-15);
    }

    public function testMissingValuesHaveACoefficientOfTheirOwn(): void
    {
        $gap = [1.0, null, 2.0, null, 4.0, 3.0, null, 5.0, 2.5, null];
        $orders = [5, 1, 4, 1, 2, 3, 1, 2, 3, 1];
        $model = Logistic::fit(new Predictors(['gap' => $gap, 'orders' => $orders]), [0, 1, 0, 1, 1, 0, 0, 1, 0, 1]);
        self::assertFalse(is_nan($model->missing['gap']));
        self::assertNan($model->missing['orders']);
        $today = new Predictors(['orders' => [1, null], 'gap' => [null, 2.0]]);
        self::assertSame($model->missing['gap'], array_column($model->reasons($today)->of(0), 'contribution', 'predictor')['gap']);
        self::assertNan($model->probability($today)[1]);
        $this->expectException(DataException::class);
        Logistic::fit(new Predictors(['gap' => $gap]), [0, 1, 0, 1, 1, 0, 0, 1, 0, 1], refuseMissing: true);
    }

    public function testNamesOfEntriesAreNoNamesOfColumns(): void
    {
        foreach (['intercept' => ['intercept', 'b'], 'missing b' => ['b', 'missing b']] as $said => $names) {
            $columns = array_combine($names, [[1, 2, 3, 4, 5, 6], [2, 1, 4, 3, 1, 2]]);
            $thrown = self::thrownBy(static fn () => Logistic::fit(new Predictors($columns), [0, 1, 0, 1, 1, 0]));
            self::assertStringContainsString("a column '$said', which is what another entry of the report is called", $thrown->getMessage());
        }
    }

    public function testSeparationIsToldByName(): void
    {
        $refund = new Predictors(['orders' => [1, 4, 2, 5, 3, 1, 6, 2], 'refund_sent' => [1, 0, 1, 0, 1, 0, 0, 1]]);
        $left = [1, 0, 1, 0, 1, 0, 0, 1];
        try {
            Logistic::fit($refund, $left, l2: 0.0);
            self::fail('no exception');
        } catch (ConvergenceException $refused) {
            self::assertStringContainsString("'refund_sent'", $refused->getMessage());
            self::assertSame(LogisticVerdict::Separated, $refused->report->verdict);
            self::assertGreaterThan(0.9, $refused->model->probability($refund)[0]);
        }
        self::assertSame(LogisticVerdict::Converged, Logistic::fit($refund, $left)->report->verdict);
    }

    public function testStoredModelsGiveTheSameBits(): void
    {
        [$predictors, $outcome, $weight] = self::given('weighted2');
        $model = Logistic::fit($predictors, $outcome, $weight, level: 0.9);
        $again = Logistic::fromArray(json_decode(json_encode($model), true));
        self::assertSame($model->limits($predictors), $again->limits($predictors));
        self::assertSame($model->toArray(), $again->toArray());
        $typed = new Logistic($model->coefficients, $model->intercept);
        self::assertEqualsWithDelta($model->probability($predictors), Logistic::fromArray($typed->toArray())->probability($predictors), 1e-14);
    }

    /** @return iterable<string, array{callable(array<string, mixed>): array<string, mixed>, string}> */
    public static function wrongs(): iterable
    {
        yield 'family' => [static fn (array $s): array => ['family' => 'x'] + $s, 'family'];
        yield 'intercept' => [static fn (array $s): array => ['intercept' => null] + $s, 'intercept is null'];
        yield 'covariance' => [static fn (array $s): array => array_replace_recursive($s, ['fit' => ['covariance' => [1 => 1e9]]]), 'fit.covariance[1]'];
        yield 'kind' => [static fn (array $s): array => array_replace_recursive($s, ['fit' => ['kind' => [0 => 'x']]]), 'fit.kind[0]'];
        yield 'coefficient' => [static fn (array $s): array => array_replace_recursive($s, ['columns' => [['coefficient' => 'x']]]), 'columns[0].coefficient'];
        yield 'more' => [static fn (array $s): array => $s + ['more' => 1], 'more is no key'];
    }

    /** @dataProvider wrongs */
    public function testWhatIsWrongWithAStoredModelIsTold(callable $change, string $sentence): void
    {
        [$predictors, $outcome] = self::given('mid5');
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage($sentence);
        Logistic::fromArray($change(Logistic::fit($predictors, $outcome)->toArray()));
    }

    public function testAShopOfAHundredThousandCustomersFitsIntoARequest(): void
    {
        $columns = $outcome = [];
        mt_srand(5);
        for ($j = 0; $j < 20; $j++) {
            $columns["x$j"] = Column::float64();
        }
        for ($i = 0; $i < 100_000; $i++) {
            $sum = -1.0;
            for ($j = 0; $j < 20; $j++) {
                $x = mt_rand() / mt_getrandmax() - 0.5;
                $columns["x$j"]->push($x);
                $sum += $x * ($j % 5 - 2);
            }
            $outcome[] = (int) (mt_rand() / mt_getrandmax() < 1 / (1 + exp(-$sum)));
        }
        $predictors = new Predictors($columns);
        $before = memory_get_usage();
        memory_reset_peak_usage();
        $begin = hrtime(true);
        $model = Logistic::fit($predictors, $outcome);
        $risk = $model->probability($predictors);
        $reasons = $model->reasons($predictors);
        self::assertLessThan(30e9, hrtime(true) - $begin);
        self::assertLessThan(256 * 2 ** 20, memory_get_peak_usage() - $before);
        self::assertEqualsWithDelta(array_sum($outcome), array_sum(Column::float64($risk)->toArray()), 1.0);
        self::assertCount(3, $reasons->of(99_999));
        self::assertSame(
            $model->coefficients,
            Logistic::fit($predictors, $outcome, context: new Context(threads: 2))->coefficients
        );
    }

    /** @return iterable<string, array{callable(): mixed, string}> */
    public static function refusals(): iterable
    {
        $two = static fn (): Predictors => new Predictors(['x' => [1.0, 2.0]]);
        yield 'one class' => [static fn (): mixed => Logistic::fit($two(), [1, 1]), 'one class'];
        yield 'rows' => [static fn (): mixed => Logistic::fit($two(), [1, 0, 1]), 'outcome has 3 rows'];
        yield 'penalty' => [static fn (): mixed => Logistic::fit($two(), [1, 0], l2: -1.0), 'l2 is -1'];
        yield 'weights' => [static fn (): mixed => Logistic::fit($two(), [1, 0], balanced: true, classWeight: [1.0, 2.0]), 'give one of them'];
        yield 'one weight' => [static fn (): mixed => Logistic::fit($two(), [1, 0], classWeight: [1.0]), 'classWeight must have two numbers'];
        yield 'text weight' => [static fn (): mixed => Logistic::fit($two(), [1, 0], classWeight: ['x', 1.0]), 'classWeight[0] is string'];
        yield 'text' => [static fn (): mixed => new Predictors(['x' => [1.0, 'two']]), "columns['x'][1] is \"two\"; it must be a number"];
        yield 'outcome' => [static fn (): mixed => Logistic::fit($two(), [1, 5]), 'outcome[1] is 5'];
        yield 'column' => [static fn (): mixed => (new Logistic(['a' => 1.0], 0.0))->probability($two()), "no column 'a'"];
        yield 'unknown doubt' => [static fn (): mixed => (new Logistic(['x' => 1.0], 0.0))->limits($two()), 'not fitted'];
        yield 'coefficient' => [static fn (): mixed => (new Logistic(['x' => NAN], 0.0))->probability($two()), "coefficients['x'] is NAN; it must be finite"];
        yield 'list' => [static fn (): mixed => new Logistic([1.0], 0.0), 'by name'];
        yield 'row' => [static fn (): mixed => (new Logistic(['x' => 1.0], 0.0))->reasons($two())->of(2), 'row is 2'];
    }

    /** @dataProvider refusals */
    public function testBadArgumentsAreToldInWords(callable $call, string $sentence): void
    {
        $this->expectExceptionMessage($sentence);
        $call();
    }
}
