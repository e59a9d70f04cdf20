<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgNbd;
use Retain\Btyd\Family;
use Retain\Btyd\ParetoNbd;
use Retain\Column;
use Retain\Evaluation;
use Retain\Evaluation\Backtest;
use Retain\Evaluation\Reason;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Verdict;

final class EvaluationTest extends TestCase
{
    /** @return array{list<float>, list<float>, list<float>} */
    private static function dataset(string $name): array
    {
        $rows = array_values(array_filter(self::golden('evaluation/rows.csv'), static fn (array $row): bool => $row['dataset'] === $name));
        return array_map(static fn (string $column): array => array_map('floatval', array_column($rows, $column)), ['expected', 'actual', 'weight']);
    }

    private static function want(string $cell): float
    {
        return $cell === '' ? NAN : (float) $cell;
    }

    public function testFiguresAgreeWithExactFractions(): void
    {
        foreach (self::golden('evaluation/figures.csv') as $row) {
            [$expected, $actual, $weight] = self::dataset($row['dataset']);
            $found = [
                ...Evaluation::errors($expected, $actual, $weight, 0.9)->toArray(),
                ...Evaluation::ranking($expected, $actual, $weight, 0.9)->toArray(),
            ];
            $name = lcfirst(str_replace(' ', '', ucwords(str_replace('_', ' ', $row['figure']))));
            self::assertNear(self::want($row['value']), $found[$name], 1e-12 * (1 + abs((float) $row['value'])));
        }
        foreach (self::golden('evaluation/gains.csv') as $row) {
            [$expected, $actual, $weight] = self::dataset($row['dataset']);
            $gains = Evaluation::gains($expected, $actual, [(float) $row['share']], $weight);
            self::assertNear(self::want($row['capture']), $gains->capture[0], 1e-12);
            self::assertNear(self::want($row['perfect']), $gains->perfect[0], 1e-12);
        }
        foreach (self::golden('evaluation/groups.csv') as $row) {
            [$expected, $actual, $weight] = self::dataset($row['dataset']);
            $groups = Evaluation::calibration($expected, $actual, 4, $weight, 0.9);
            self::assertCount(4, $groups);
            foreach (['customers', 'expected', 'actual', 'actual_low' => 'actualLow', 'actual_high' => 'actualHigh', 'least', 'most'] as $column => $name) {
                $cell = $row[is_string($column) ? $column : $name];
                self::assertNear(self::want($cell), $groups->$name[(int) $row['group']], 1e-12 * (1 + abs((float) $cell)));
            }
        }
    }

    public function testReproducesThePublishedHoldoutOfCdnow(): void
    {
        $orders = new Orders(...self::cdnow());
        $model = new ParetoNbd(0.553, 10.578, 0.606, 11.669, 7);
        $found = Evaluation::holdout($orders, $model, '1997-09-30', 273, countZeroOrders: true);
        self::assertSame(Verdict::None, $found->verdict);
        self::assertSame(1882.0, $found->errors()->actual);
        self::assertNear(1665.69, $found->errors()->expected, 0.01);
        $fitted = Evaluation::holdout($orders, Family::BgNbd, '1997-09-30', 273, countZeroOrders: true);
        self::assertSame(Verdict::Converged, $fitted->verdict);
        self::assertNear(1653.41, $fitted->errors()->expected, 0.01);
        self::assertNear($fitted->errors()->rmse, $fitted->backtest->figure('rmse', 'BG/NBD')[0], 1e-9);
        self::assertNear($fitted->ranking()->normalised, $fitted->backtest->figure('normalised', 'BG/NBD')[1], 1e-9);
        self::assertGreaterThan(0.2, $fitted->backtest->figure('rmseGain', 'BG/NBD')[0]);
        self::assertSame(2357.0, array_sum($fitted->calibration()->customers));
        self::assertSame(2357.0, array_sum($fitted->byFrequency()->customers));
        self::assertNear(1.0, $fitted->gains()->lift()[20], 1e-12);
        $frequency = Evaluation::frequency($fitted->model, $fitted->customers);
        self::assertSame(1411.0, $frequency->actual[0]);
        self::assertNear(2357.0, array_sum($frequency->expected), 1e-9);
        $curve = Evaluation::tracking($fitted->model, $orders, '1997-09-30', '1998-06-30', countZeroOrders: true);
        self::assertCount(78, $curve);
        self::assertNear(array_sum($curve->actual), $curve->actualTotal[77], 1e-9);
        self::assertSame(10407, $curve->lastDay[77]);
        self::assertIsString(json_encode([$fitted->errors(), $curve, $frequency], JSON_THROW_ON_ERROR));
    }

    public function testChoosesAndSaysWhy(): void
    {
        $orders = new Orders(...self::cdnow());
        $choice = Evaluation::choose($orders, 91, '1998-06-30', folds: 2, money: true);
        $ranks = $choice->rank;
        sort($ranks);
        self::assertSame([1, 2, 3], $ranks);
        self::assertSame($choice->backtest->families[array_search(1, $choice->rank, true)], $choice->best());
        self::assertSame($choice->best(), $choice->model()::family());
        self::assertContainsOnlyInstancesOf(Reason::class, $choice->reason);
        $rows = $choice->backtest->rows();
        self::assertCount(3 * 2 * 7, $rows);
        self::assertSame(['origin' => 10225, 'measure' => 'orders', 'method' => 'Pareto/NBD'], array_slice($rows[0], 0, 3));
        self::assertNull($rows[41]['origin']);
        self::assertSame($rows[3]['rmse'], $choice->backtest->figure('rmse', 'last period')[0]);
        self::assertSame($rows[7]['expected'], $choice->backtest->figure('expected', 'Pareto/NBD', 'money')[0]);
        $fitted = BgNbd::fit($orders->summary('1998-03-31', 7));
        self::assertNear($fitted->alpha, $choice->backtest->model(Family::BgNbd)->alpha, 1e-12);
        self::assertNear($fitted->report->bic, $choice->backtest->bic[1][1], 1e-9);
        $again = Evaluation::backtest($orders, 91, '1998-06-30', [$fitted], folds: 2);
        self::assertSame([[Verdict::None], [Verdict::None]], $again->verdicts);
        self::assertIsString(json_encode($choice, JSON_THROW_ON_ERROR));
    }

    public function testRefusesWhatIsTooThinWithWhatThereIs(): void
    {
        $orders = new Orders([1, 2, 1, 2, 3], [0, 4, 9, 30, 40], [1.0, 2.0, 3.0, 4.0, 5.0]);
        try {
            Evaluation::choose($orders, 20, 60, folds: 1);
            self::fail('nobody can be ranked');
        } catch (ConvergenceException $exception) {
            self::assertStringContainsString('a choice needs 30 of both', $exception->getMessage());
            self::assertNull($exception->model->best());
            self::assertNull($exception->model->model());
            self::assertSame([Reason::TooThin, Reason::TooThin, Reason::TooThin], $exception->model->reason);
        }
        $found = Evaluation::holdout($orders, Family::ParetoNbd, 10, 20);
        self::assertSame(Verdict::TooLittleData, $found->verdict);
        self::assertNan($found->expected[0]);
        self::assertNan($found->backtest->figure('rmse', 'Pareto/NBD')[0]);
        self::assertSame('too thin', Reason::TooThin->label());
    }

    public function testTakesPackedColumnsAndCountsCoverage(): void
    {
        $coverage = Evaluation::coverage(pack('d*', 0, 0, 0, 2), Column::float64([1, 1, 1, 3]), [0, 1, 2, 1], [1, 2, 3, 4]);
        self::assertSame([10.0, 3.0, 4.0, 3.0, 0.3], [$coverage->customers, $coverage->covered, $coverage->below, $coverage->above, $coverage->coverage]);
        $gains = Evaluation::gains(pack('d*', 5, 1, 1, 1, 0), pack('d*', 4, 6, 0, 0, 0));
        self::assertCount(21, $gains->capture);
        self::assertNear(0.4, $gains->capture[4], 1e-12);
        self::assertNan($gains->lift()[0]);
    }

    public function testShocksAreThoseOfAnotherComputation(): void
    {
        foreach (self::golden('evaluation/shocks.csv') as $i => $row) {
            $column = static fn (string $letter): array => array_map(static fn (int $k): float => (float) $row["$letter$k"], range(0, (int) $row['count'] - 1));
            $found = Evaluation::shocks($column('e'), $column('a'), $column('v'), (float) $row['level'], $row['unbiased'] === '1');
            $names = ['degrees' => $found->degrees, 'tau' => $found->tau, 'tau_low' => $found->tauLow, 'tau_high' => $found->tauHigh, 'q' => $found->q,
                'p_value' => $found->pValue, 'bias' => $found->bias, 'bias_error' => $found->biasError, 'bias_low' => $found->biasLow,
                'bias_high' => $found->biasHigh];
            $band = $found->band([(float) $row['new_expected']], [(float) $row['new_variance']], (float) $row['level']);
            $names += ['value' => $band->value[0], 'low' => $band->low[0], 'high' => $band->high[0]];
            foreach ($names as $name => $value) {
                self::assertNear((float) $row[$name], $value, 1e-11 * (float) $row[$name], "row $i $name");
            }
        }
    }

    /** @return iterable<string, array{callable(): mixed, string}> */
    public function refusals(): iterable
    {
        $orders = new Orders([1, 1, 2], [0, 9, 3], [1.0, 2.0, 4.0]);
        $model = new BgNbd(0.25, 4.4, 0.8, 2.4, 7);
        yield 'lengths' => [static fn (): mixed => Evaluation::errors([1.0], [1.0, 2.0]), 'actual has 2 rows'];
        yield 'NaN' => [static fn (): mixed => Evaluation::errors([NAN], [1.0]), 'expected[0]'];
        yield 'level' => [static fn (): mixed => Evaluation::ranking([1.0], [1.0], level: 95.0), 'level'];
        yield 'negative' => [static fn (): mixed => Evaluation::ranking([1.0], [-1.0]), 'actual[0]'];
        yield 'groups' => [static fn (): mixed => Evaluation::calibration([1.0], [1.0], 0), 'groups'];
        yield 'classes' => [static fn (): mixed => Evaluation::frequency($model, $orders->summary(9, 7.0), 1), 'classes'];
        yield 'families' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, ['BG/NBD']), 'families[0]'];
        yield 'no families' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, []), 'families'];
        yield 'both' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, [$model, Family::BgNbd]), 'families'];
        yield 'days' => [static fn (): mixed => Evaluation::backtest($orders, 0, 20), 'days'];
        yield 'folds' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, folds: 0), 'folds'];
        yield 'origins' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, origins: [18]), 'origins[0]'];
        yield 'top share' => [static fn (): mixed => Evaluation::backtest($orders, 5, 20, topShare: 0.0), 'topShare'];
        yield 'fewest' => [static fn (): mixed => Evaluation::choose($orders, 5, 20, fewest: 0), 'fewest'];
        yield 'step' => [static fn (): mixed => Evaluation::tracking($model, $orders, 9, 20, 0), 'stepDays'];
        $test = Evaluation::backtest($orders, 5, 20, [Family::BgNbd], folds: 1);
        yield 'figure' => [static fn (): mixed => $test->figure('none', 'BG/NBD'), 'name'];
        yield 'measure' => [static fn (): mixed => $test->figure('rmse', 'BG/NBD', 'money'), 'measure'];
        yield 'family' => [static fn (): mixed => $test->model(Family::ParetoNbd), 'not tested'];
        yield 'origin' => [static fn (): mixed => $test->model(Family::BgNbd, 5), 'origin is 5'];
    }

    /**
     * @dataProvider refusals
     * @param callable(): mixed $call
     */
    public function testNamesBadArguments(callable $call, string $says): void
    {
        try {
            $call();
            self::fail('no exception');
        } catch (ArgumentException | DataException $exception) {
            self::assertStringContainsString($says, $exception->getMessage());
        }
        self::assertCount(29, Backtest::FIGURES);
    }
}
