<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Columns;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\LikelihoodRatio;
use Retain\Orders;
use Retain\Spend\Dependence;
use Retain\Spend\GammaGammaOrders;
use Retain\Spend\LogNormal;
use Retain\Spend\OrderModel;
use Retain\Spend\OrderValues;

/** Spend models of single orders. */
final class SpendOrdersTest extends TestCase
{
    private static function model(array $row): OrderModel
    {
        $v = array_map(static fn (int $i): float => (float) $row["v$i"], range(0, 4));
        return $row['family'] === '1' ? new LogNormal(...$v) : new GammaGammaOrders(...array_slice($v, 0, 4));
    }

    private static function values(array $row): OrderValues
    {
        $number = static fn (string $name): array => [$row[$name] === '' ? NAN : (float) $row[$name]];
        return new OrderValues(
            $number('n'),
            $number('mean'),
            $number('mean_log'),
            $number('log_squares'),
            $number('frequency'),
            $number('time'),
            $number('time_squares'),
            $number('time_logs')
        );
    }

    public function testMeetsEveryGoldenValue(): void
    {
        foreach (self::golden('spend/orders.csv') as $row) {
            $model = self::model($row);
            $one = self::values($row);
            $want = $row['expected'] === '' ? NAN : (float) $row['expected'];
            self::assertNear($want, $model->expected($one, time: 2.0)[0], 1e-12 * abs($want), $row['id']);
            foreach (['0.025', '0.5', '0.975'] as $probability) {
                $quantile = $row["quantile_$probability"];
                if ($quantile !== '') {
                    $got = $model->quantile($one, (float) $probability, time: 2.0)[0];
                    self::assertNear((float) $quantile, $got, 1e-11 * (float) $quantile, "$row[id] $probability");
                }
            }
            if ($row['n'] === '0.0') {
                self::assertNan($model->likelihood($one)[0]);
                continue;
            }
            self::assertNear((float) $row['loglik'], $model->likelihood($one)[0], 1e-14 * (float) $row['scale'], $row['id']);
            foreach ($model->gradient($one) as $i => $slope) {
                if ($i < 3 || (float) $row["v$i"] !== 0.0) { // without an effect its column is not read
                    self::assertNear((float) $row["d$i"], $slope, 1e-13 * (float) $row['scale'], "$row[id] $i");
                }
            }
        }
    }

    public function testMeasuresDependenceAsScipyDoes(): void
    {
        foreach (self::golden('spend/dependence.csv') as $row) {
            $columns = [];
            foreach (self::golden('spend/dependence_customers.csv') as $customer) {
                if ($customer['case'] === $row['case']) {
                    foreach (['orders', 'mean', 'mean_log', 'log_squares', 'frequency', 'weight'] as $name) {
                        $columns[$name][] = $customer[$name] === '' ? NAN : (float) $customer[$name];
                    }
                }
            }
            $values = new OrderValues(
                $columns['orders'],
                $columns['mean'],
                $columns['mean_log'],
                $columns['log_squares'],
                $columns['frequency'],
                weight: $columns['weight']
            );
            $found = Dependence::of($values, (float) $row['level']);
            self::assertSame((float) $row['customers'], $found->customers);
            foreach (['pearson', 'spearman', 'slope'] as $name) {
                foreach (['' => 'value', '_low' => 'low', '_high' => 'high', '_p_value' => 'pValue'] as $part => $property) {
                    self::assertNear((float) $row[$name . $part], $found->$name->$property, 1e-11, "$row[case] $name$part");
                }
            }
        }
    }

    private static function bits(mixed $column): string
    {
        return Columns::pack($column, Columns::FLOAT64);
    }

    private static function cdnowValues(): OrderValues
    {
        return OrderValues::of(new Orders(...self::cdnow()), '1998-06-30', unitDays: 30.4375);
    }

    public function testFitsBothModelsToCdnow(): void
    {
        $values = self::cdnowValues();
        $summary = (new Orders(...self::cdnow()))->summary('1998-06-30');
        self::assertSame($summary->id, $values->id);
        self::assertSame(self::bits($summary->spend), self::bits($values->mean));
        $gamma = GammaGammaOrders::fit($values);
        $normal = LogNormal::fit($values);
        self::assertGreaterThan($gamma->report->logLikelihood, $normal->report->logLikelihood);
        $test = $normal->compare($gamma, $values);
        self::assertNear($normal->report->logLikelihood - $gamma->report->logLikelihood, $test->difference, 1e-6);
        self::assertLessThan(0.1, $test->pValue);
        $full = LogNormal::fit($values, dependsOnFrequency: true, trend: true);
        self::assertSame(['median', 'tau', 'sigma', 'theta', 'delta'], array_keys($full->report->estimate));
        self::assertLessThan(1e-3, LikelihoodRatio::test($normal->report, $full->report)->pValue);
        self::assertSame(2, LikelihoodRatio::test($normal->report, $full->report)->degreesOfFreedom);
        self::assertGreaterThan($full->mean(frequency: 1)->high, $full->mean(frequency: 20)->low);
        $interval = $full->interval($values, time: 1.0, level: 0.9);
        self::assertCount(count($values), $interval['low']);
        foreach ($full->expected($values, time: 1.0) as $i => $expected) {
            self::assertSame($expected, $interval['expected'][$i]);
            self::assertLessThan($expected, $interval['low'][$i]);
            self::assertGreaterThan($expected, $interval['high'][$i]);
        }
        self::assertSame($full->toArray(), LogNormal::fromArray(json_decode(json_encode($full), true))->toArray());
        self::assertSame($gamma->toArray(), GammaGammaOrders::fromArray($gamma->toArray())->toArray());
    }

    public function testSaysWhyAFitCannotBeMade(): void
    {
        $single = new OrderValues([1, 1, 1, 1], [1, 2, 3, 4], [0, log(2), log(3), log(4)], [0, 0, 0, 0]);
        $thrown = self::thrownBy(static fn () => LogNormal::fit($single));
        self::assertInstanceOf(ConvergenceException::class, $thrown);
        self::assertStringContainsString('no customer has two orders', $thrown->getMessage());
        self::assertNan($thrown->model->median);
        $thrown = self::thrownBy(static fn () => GammaGammaOrders::fit(new OrderValues([], [], [], [])));
        self::assertInstanceOf(ConvergenceException::class, $thrown);
    }

    public function testRefusesWhatIsWrong(): void
    {
        $values = new OrderValues([2.0], [3.0], [1.0], [0.1]);
        $cases = [
            'frequency is missing' => static fn () => (new LogNormal(3.0, 0.5, 0.5, theta: 0.1))->expected($values),
            'time is missing' => static fn () => LogNormal::fit($values, trend: true),
            'was not fitted' => static fn () => (new LogNormal(3.0, 0.5, 0.5))->interval($values),
            'probability' => static fn () => (new LogNormal(3.0, 0.5, 0.5))->quantile($values, 1.0),
            'time is INF' => static fn () => (new LogNormal(3.0, 0.5, 0.5))->expected($values, INF),
            'theta is INF' => static fn () => new GammaGammaOrders(1.0, 2.0, 3.0, INF),
            'sigma' => static fn () => new LogNormal(3.0, 0.5, 0.0),
            'level' => static fn () => Dependence::of(new OrderValues([2.0], [3.0], [1.0], [0.1], [1.0]), 1.0),
            'meanLog has 2 rows' => static fn () => new OrderValues([2.0], [3.0], [1.0, 2.0], [0.1]),
            'parameters.delta is no key' => static fn () => GammaGammaOrders::fromArray(
                array_replace_recursive((new GammaGammaOrders(1.0, 2.0, 3.0))->toArray(), ['parameters' => ['delta' => 1.0]])
            ),
            'parameters.tau is missing' => static fn () => LogNormal::fromArray(
                ['parameters' => ['median' => 1.0, 'sigma' => 1.0]] + (new LogNormal(1.0, 1.0, 1.0))->toArray()
            ),
        ];
        foreach ($cases as $words => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $words);
            self::assertStringContainsString($words, $thrown->getMessage());
        }
        $thrown = self::thrownBy(static fn () => LogNormal::fit(new OrderValues([2.0], [3.0], [2.0], [0.1])));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame(0, $thrown->row);
    }
}
