<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgBb;
use Retain\Btyd\BgNbd;
use Retain\Btyd\Nbd;
use Retain\Btyd\ParetoNbd;
use Retain\Churn;
use Retain\ChurnKind;
use Retain\Clv;
use Retain\Column;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Spend\GammaGamma;

/** Spend, lifetime value, churn risk. */
final class MoneyTest extends TestCase
{
    public function testMeetsTheSpendModelsValues(): void
    {
        foreach (self::golden('spend/gamma_gamma.csv') as $row) {
            $model = new GammaGamma((float) $row['p'], (float) $row['q'], (float) $row['v']);
            $customer = new Customers([(float) $row['x']], [0.0], [0.0], 7, spend: [(float) $row['z']]);
            $tolerance = ($row['kind'] === 'stress' ? 1e-13 : 1e-14) * (float) $row['scale'];
            self::assertNear((float) $row['loglik'], $model->likelihood($customer)[0], $tolerance, $row['id']);
            foreach (['d_log_p', 'd_log_q', 'd_log_v'] as $i => $name) {
                self::assertNear((float) $row[$name], $model->gradient($customer)[$i], $tolerance, "$row[id] $name");
            }
            self::assertMeets($row, 'expected_spend', $model->expected($customer)[0]);
            self::assertMeets($row, 'population_mean', $model->mean());
        }
    }

    public function testFitsTheSpendOfCdnowAsPublished(): void
    {
        $customers = self::cdnowCustomers();
        $model = GammaGamma::fit($customers);
        self::assertNear(6.24935, $model->p, 1e-3 * 6.25);
        self::assertNear(3.74426, $model->q, 1e-3 * 3.74);
        self::assertNear(15.44431, $model->gamma, 1e-3 * 15.4);
        self::assertNear(-4055.917695, $model->report->logLikelihood, 1e-4);
        self::assertNear(1.18997, $model->report->standardError['p'], 2e-3);
        self::assertNear(35.1710, $model->mean(), 1e-3);
        self::assertNear(.11388, $model->correlation, 1e-5);
        self::assertSame(946.0, $model->report->customers);
        self::assertSame($model->toArray(), GammaGamma::fromArray(json_decode(json_encode($model), true))->toArray());
        self::assertCount(2357, $model->expected($customers));
        $limits = $model->interval($customers, level: 0.9);
        $quantile = $model->quantile($customers, 0.9);
        foreach ($model->expected($customers) as $i => $expected) {
            self::assertNear($expected, $limits['expected'][$i], 1e-12 * $expected);
            self::assertLessThan($expected, $limits['low'][$i]);
            self::assertGreaterThan($limits['high'][$i], $quantile[$i]);
        }
        $mean = $model->meanInterval();
        self::assertNear(1.0, log($mean->high / $mean->mean) / log($mean->mean / $mean->low), 1e-9);
        $unknown = self::thrownBy(static fn () => (new GammaGamma(6.25, 3.74, 15.44))->meanInterval());
        self::assertInstanceOf(ArgumentException::class, $unknown);
    }

    public function testSaysWhyASpendFitCannotBeMade(): void
    {
        $none = new Customers([0, 0], [0, 0], [5, 5], 7, spend: [NAN, NAN]);
        $thrown = self::thrownBy(static fn () => GammaGamma::fit($none));
        self::assertInstanceOf(ConvergenceException::class, $thrown);
        self::assertInstanceOf(GammaGamma::class, $thrown->model);
        $missing = self::thrownBy(static fn () => GammaGamma::fit(new Customers([1], [1], [5], 7)));
        self::assertInstanceOf(ArgumentException::class, $missing);
        self::assertStringContainsString('spend', $missing->getMessage());
        $negative = self::thrownBy(static fn () => GammaGamma::fit(new Customers([1, 1], [1, 1], [5, 5], 7, spend: [5, -1])));
        self::assertInstanceOf(DataException::class, $negative);
        self::assertSame(1, $negative->row);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => GammaGamma::fromArray(['p' => 1, 'q' => 2])));
    }

    public function testValuesCustomers(): void
    {
        $model = new ParetoNbd(.5534, 10.5802, .6061, 11.6562, 7);
        $customers = new Customers([26, 2, 0], [30.86, 30.43, 0], [31, 38.86, 38.86], 7);
        $delta = Clv::delta(.15, 7);
        self::assertNear(log(1.15) * 7 / 365.25, $delta, 1e-17);
        $orders = $model->discounted($customers, delta: $delta);
        $residual = Clv::residual($model, $customers, value: [30, 20, NAN], annualRate: .15, margin: .3);
        self::assertNear($orders[0] * 9, $residual[0], 1e-12 * $residual[0]);
        self::assertNan($residual[2]);
        $year = Clv::residual($model, $customers, [30, 20, 10], horizonDays: 365, annualRate: .15, margins: [.3, .3, .5]);
        self::assertLessThan($residual[0], $year[0]);
        self::assertSame([3.0, 6.0], Clv::historic([10, 20], margin: .3));
        self::assertSame([3.0, 10.0], Clv::historic([10, 20], margins: [.3, .5]));
        self::assertSame([0.0, 0.0], Clv::historic([10, 20], margin: 0));
        self::assertSame(pack('d*', 0, 0), Clv::historic(pack('d*', 10, 20), margin: 0));
        self::assertSame([0.0, 0.0], array_slice(Clv::residual($model, $customers, [30, 20, NAN], annualRate: .15, margin: 0), 0, 2));
        self::assertSame([3.0, 10.0], Clv::historic([10, 20], margin: 0, margins: [.3, .5]));
        self::assertSame([4.0, 8.0], Clv::total([3, 6], [1, 2]));
        ['valueAtRisk' => $each, 'sum' => $sum] = Clv::atRisk([.5, .25, .5], [10, 20, NAN]);
        self::assertSame([5.0, 5.0], array_slice($each, 0, 2));
        self::assertNan($each[2]);
        self::assertSame(10.0, $sum);
        self::assertSame(pack('d*', 3, 6), Clv::historic(pack('d*', 10, 20), .3));
        self::assertSame([3.0, 6.0], Clv::historic(Column::float64([10, 20]), .3)->toArray());
    }

    public function testRefusesValuesThatMeanNothing(): void
    {
        $model = new ParetoNbd(.5534, 10.5802, .6061, 11.6562, 7);
        $customers = new Customers([0], [0], [31], 7);
        $calls = [
            static fn () => Clv::residual($model, $customers, [1], horizonDays: 0),
            static fn () => Clv::residual($model, $customers, [1], horizonDays: NAN),
            static fn () => Clv::residual($model, $customers, [1], margin: NAN),
            static fn () => Clv::residual($model, $customers, [1, 2]), static fn () => Clv::residual($model, $customers, null),
            static fn () => Clv::residual($model, $customers, [1], annualRate: -.1), static fn () => Clv::historic([1], margins: [1, 2]),
            static fn () => Clv::total([1], [1, 2]), static fn () => Clv::atRisk([1], null), static fn () => Clv::historic(1.0),
            static fn () => Churn::risk($model, $customers, horizonDays: 0), static fn () => Churn::risk($model, $customers, horizonDays: INF),
            static fn () => Churn::bands([.5], [.8, .5]), static fn () => Churn::expectedLoss([.5], [1], -1, .1),
            static fn () => Churn::expectedLoss([.5], [1], 1, 2), static fn () => Churn::bands(.5),
        ];
        foreach ($calls as $number => $call) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy($call), "call $number");
        }
        $rows = [
            static fn () => Clv::historic([1, INF]), static fn () => Clv::atRisk([.5, 1.5], [1, 1]), static fn () => Churn::bands([.5, NAN]),
        ];
        foreach ($rows as $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertSame(1, $thrown->row);
        }
    }

    public function testScoresTheRiskOfSilence(): void
    {
        $model = new ParetoNbd(.5534, 10.5802, .6061, 11.6562, 7);
        $customers = new Customers([26, 2, 0], [30.86, 30.43, 0], [31, 38.86, 38.86], 7);
        $risk = Churn::risk($model, $customers, horizonDays: 70);
        self::assertSame($model->silence($customers, t: 10), $risk);
        $dead = Churn::risk($model, $customers, kind: ChurnKind::Dead);
        self::assertNear(1 - $model->alive($customers)[1], $dead[1], 1e-15);
        $bg = new BgNbd(.243, 4.414, .793, 2.426, 7);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Churn::risk($bg, $customers, kind: ChurnKind::Dead)));
        $nbd = new Nbd(.385, 12.07, 7);
        $thrown = self::thrownBy(static fn () => Churn::risk($nbd, $customers, kind: ChurnKind::Dead));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString('under NBD nobody ever leaves', $thrown->getMessage());
        self::assertSame($nbd->silence($customers, t: 10), Churn::risk($nbd, $customers, horizonDays: 70));
        $donors = [new BgBb(1.203523, .749717, .656717, 2.783433, 365.25), new Customers([4], [5], [6], 365.25)];
        self::assertSame($donors[0]->silence($donors[1], t: 2), Churn::risk(...$donors, horizonDays: 730.5));
        self::assertNear(1 - $donors[0]->alive($donors[1])[0], Churn::risk(...$donors, kind: ChurnKind::Dead)[0], 1e-15);
        self::assertSame($donors[0]->discounted($donors[1], annualRate: .1), Clv::residual(...$donors, value: [1], annualRate: .1));
        self::assertSame([0, 1, 2], Churn::bands([.2, .5, .9]));
        self::assertSame("\0\1\2", Churn::bands(pack('d*', .2, .5, .9)));
        self::assertSame('uint8', Churn::bands(Column::float64([.2]))->kind());
        self::assertSame([0, 1, 1], Churn::bands([.2, .5, .9], cuts: [.3]));
        self::assertSame(['loss' => [5.0, 20.0], 'gain' => [-.5, 1.0]], Churn::expectedLoss([.5, 1.0], [10, 20], cost: 1.0, effect: .1));
    }
}
