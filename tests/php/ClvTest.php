<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Question;
use Retain\Clv;
use Retain\Clv\Terms;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\PaybackOutcome;
use Retain\Rfm;
use Retain\Spend\GammaGamma;
use Retain\Spend\GammaGammaOrders;
use Retain\Spend\LogNormal;
use Retain\Spend\OrderValues;

/** Lifetime values with limits and costs. */
final class ClvTest extends TestCase
{
    private static function four(mixed $weight = null): Customers
    {
        return new Customers(
            [0.0, 2.0, 7.0, 26.0],
            [0.0, 30.4375, 12.5, 30.75],
            [38.875, 38.875, 39.0, 31.0],
            7,
            spend: [NAN, 24.75, 40.5, 16.5],
            weight: $weight,
        );
    }

    private static function pareto(): ParetoNbd
    {
        return new ParetoNbd(unitDays: 7, r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669);
    }

    /**
     * That of the golden file.
     *
     * @param list<float> $theta
     * @return list<float>
     */
    private static function covariance(array $theta): array
    {
        $cells = [];
        foreach ($theta as $i => $a) {
            foreach ($theta as $j => $b) {
                $cells[] = 0.01 * $a * $b * 0.5 ** abs($i - $j);
            }
        }
        return $cells;
    }

    public function testMeetsBruteForce(): void
    {
        foreach (self::golden('clv/interval.csv') as $row) {
            $pareto = $row['family'] === 'pareto';
            $of = static fn (array $names): array => array_map(static fn (string $name): float => self::cell($row[$name]), $names);
            $parameters = $of($pareto ? ['r', 'alpha', 's', 'beta'] : ['r', 'alpha', 'a', 'b']);
            $values = $of(['p', 'q', 'gamma']);
            $one = static fn (string $name): array => [self::cell($row[$name])];
            $figures = retain_clv_interval(
                null,
                [$pareto ? 1.0 : 2.0, 7.0, ...$parameters],
                self::covariance($parameters),
                $values,
                self::covariance($values),
                $one('x'),
                $one('t_x'),
                $one('T'),
                $one('spend'),
                7.0,
                null,
                null,
                ...array_fill(0, 8, null),
                ...[null, ...$of(['horizon_days', 'annual_rate', 'margin', 'order_cost', 'service_cost']), null, null, null, null, 0.95, true]
            )['figures'];
            $close = $pareto ? 1e-9 : 1e-7;
            foreach (['residual' => 0, 'standard_error' => 1, 'low' => 2, 'high' => 3, 'variance' => 7] as $name => $at) {
                $want = self::cell($row[$name]);
                self::assertNear($want, $figures[$at], ($at === 0 ? 1e-10 : $close) * abs($want), "$row[family] $name");
            }
        }
    }

    private static function cell(string $text): float
    {
        return $text === '' ? NAN : ($text === 'inf' ? INF : (float) $text);
    }

    public function testCostsAreOrdersAndYearsAlive(): void
    {
        $customers = self::four();
        $spend = new GammaGamma(6.25, 3.74, 15.44);
        $terms = new Terms(margin: 0.4, orderCost: [1.0, 2.0, 3.0, 4.0], serviceCost: 6, annualRate: 0.1, horizonDays: 728);
        $found = Clv::interval(self::pareto(), $customers, $spend, $terms, historic: [1.0, 2.0, 3.0, 4.0]);
        $delta = Clv::delta(0.1, 7);
        $orders = self::pareto()->forecast($customers, Question::discounted($delta, t: 104));
        $weeks = self::pareto()->forecast($customers, Question::lifetime($delta, t: 104));
        foreach ($spend->expected($customers) as $i => $value) {
            $want = (0.4 * $value - ($i + 1)) * $orders[$i] - 6.0 * 7 / 365.25 * $weeks[$i];
            self::assertNear($want, $found->residual[$i], 1e-12 * abs($want));
            self::assertNear($want + $i + 1, $found->totalHigh[$i], 1e-12 * abs($want + $i + 1)); // known parameters
        }
        self::assertSame([0.0, 0.0, 0.0, 0.0], Clv::interval(self::pareto(), $customers, $spend, new Terms(margin: 0, horizonDays: 9))->residual);
    }

    public function testSumsGroupsWithDoubtThatDoesNotAverageOut(): void
    {
        $customers = self::cdnowCustomers();
        $model = ParetoNbd::fit($customers);
        $spend = GammaGamma::fit($customers);
        $terms = new Terms(margin: 0.3, annualRate: 0.1, horizonDays: 365);
        $by = array_map(static fn (float $x): string => $x > 0 ? 'back' : 'once', $customers->frequency);
        $sums = Clv::sums($model, $customers, $spend, $terms, by: $by);
        $rows = Clv::interval($model, $customers, $spend, $terms);
        self::assertSame(['back', 'once'], $sums->groups);
        self::assertNear(array_sum($rows->residual), $sums->total['residual'], 1e-10 * $sums->total['residual']);
        self::assertNear(array_sum($sums->columns['residual']), $sums->total['residual'], 1e-10 * $sums->total['residual']);
        self::assertSame(2357.0, $sums->total['customers']);
        self::assertGreaterThan(5 * sqrt(array_sum(array_map(static fn (float $e): float => $e * $e, $rows->standardError))), $sums->total['standardError']);
        $order = array_map(static fn (string $name): float => $sums->total[$name], ['residualLeast', 'residualLow', 'residual', 'residualHigh', 'residualMost']);
        $sorted = $order;
        sort($sorted);
        self::assertSame($sorted, $order);
        self::assertTrue(is_nan($sums->total['total']));
    }

    public function testPaybackMeetsQuadrature(): void
    {
        foreach (self::golden('clv/payback.csv') as $row) {
            $of = array_map(self::cell(...), $row);
            $models = [[$of['r'], $of['alpha'], $of['s'], $of['beta']], [$of['p'], $of['q'], $of['gamma']]];
            $found = retain_clv_payback_new(
                null,
                [1.0, 7.0, ...$models[0]],
                self::covariance($models[0]),
                $models[1],
                self::covariance($models[1]),
                NAN,
                NAN,
                $of['cost'],
                $of['horizon_days'],
                $of['annual_rate'],
                $of['margin'],
                $of['order_cost'],
                $of['service_cost'],
                0.95
            )['record'];
            self::assertNear(is_infinite($of['days']) ? NAN : $of['days'], $found['days'], 1e-6 * abs($of['days']));
            foreach (['days_low' => 1e-6, 'days_high' => 1e-6, 'value' => 1e-8, 'value_low' => 1e-8, 'value_high' => 1e-8] as $name => $share) {
                self::assertNear($of[$name], $found[$name], $share * abs($of[$name]), $name);
            }
        }
    }

    public function testPaybackOfACohortIsThatOfItsCustomers(): void
    {
        $spend = new GammaGamma(6.25, 3.74, 15.44);
        $terms = new Terms(margin: 0.3, annualRate: 0.1);
        $one = Clv::paybackNew(self::pareto(), $spend, 14.0, firstValue: 30.0, terms: $terms);
        $cohort = new Customers([0.0], [0.0], [0.0], 7, spend: [NAN], weight: [50.0]);
        $all = Clv::payback(self::pareto(), $cohort, $spend, 700.0, historic: [9.0], terms: $terms);
        self::assertSame(PaybackOutcome::Reached, $one->outcome);
        self::assertNear($one->days, $all->days, 1e-8 * $one->days);
        self::assertNear($one->ratio, $all->ratio, 1e-12 * $one->ratio);
        self::assertSame(PaybackOutcome::Missed, Clv::paybackNew(self::pareto(), 30.0, 1e6, terms: $terms)->outcome);
        self::assertSame(PaybackOutcome::None, Clv::paybackNew(self::pareto(), 30.0, NAN, terms: $terms)->outcome);
    }

    public function testConcentrationIsThatOfRfm(): void
    {
        $found = Clv::concentration([5.0, NAN, 1.0, 0.0, 20.0, 2.0], level: 0.9);
        self::assertSame(5, $found->customers);
        self::assertSame(Rfm::gini([5.0, 1.0, 0.0, 20.0, 2.0], level: 0.9)->value, $found->gini);
        self::assertNear(20 / 28, $found->top[3], 1e-15);
    }

    public function testNaiveFormulasStandBesideTheModel(): void
    {
        self::assertNear(120.0, Clv::lifespan(40, 3, 5, 0.2), 1e-12);
        self::assertNear(80 / 0.3, Clv::retentionValue(100, 0.8, 0.1), 1e-12);
        self::assertNear(110 / 0.3, Clv::retentionValue(100, 0.8, 0.1, first: true), 1e-12);
        $customers = self::cdnowCustomers();
        $found = Clv::naive($customers, 91, ParetoNbd::fit($customers), GammaGamma::fit($customers), new Terms(annualRate: 0.1));
        self::assertSame([35.3, 6.0, 35.2, 204.8], array_map(static fn (float $v): float => round($v, 1), [$found->lifespan, $found->retentionValue, $found->retentionFirst, $found->model]));
        self::assertNear($found->lifespan / $found->model, $found->lifespanRatio, 1e-12);
        self::assertTrue(is_nan(Clv::naive($customers, 91)->model));
    }

    public function testRefusesByName(): void
    {
        $spend = new GammaGamma(6.25, 3.74, 15.44);
        $bad = [
            'annualRate' => static fn () => new Terms(annualRate: -0.1),
            'horizonDays' => static fn () => new Terms(horizonDays: 0.0),
            'orderCost' => static fn () => new Terms(orderCost: new \stdClass()),
            'terms.orderCost has 1 rows, customers has 4' => static fn () => Clv::interval(self::pareto(), self::four(), $spend, new Terms(orderCost: [1.0])),
            'spend' => static fn () => Clv::interval(self::pareto(), self::four(), 3.0),
            'spend has 1 rows, customers has 4' => static fn () => Clv::interval(self::pareto(), self::four(), [1.0]),
            'terms.margin has 2 rows, customers has 4' => static fn () => Clv::sums(self::pareto(), self::four(), $spend, new Terms(margin: [1.0, 2.0])),
            'cost' => static fn () => Clv::paybackNew(self::pareto(), $spend, -1.0),
            'margin' => static fn () => Clv::paybackNew(self::pareto(), $spend, 1.0, terms: new Terms(margin: [0.3])),
            'serviceCost' => static fn () => Clv::naive(self::four(), 91, terms: new Terms(serviceCost: 1)),
            'periodDays' => static fn () => Clv::naive(self::four(), 0),
            'level' => static fn () => Clv::sums(self::pareto(), self::four(), $spend, level: 95),
        ];
        foreach ($bad as $name => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $name);
            self::assertStringContainsString($name, $thrown->getMessage());
        }
        $thrown = self::thrownBy(static fn () => Clv::interval(self::pareto(), self::four(), $spend, historic: [1.0, NAN, 1.0, 1.0]));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame(1, $thrown->row);
    }

    public function testModelsOfSingleOrdersTakeThePlaceOfThatOfMeans(): void
    {
        $customers = self::four();
        $values = new OrderValues([0, 2, 7, 26], [1.0, 24.75, 40.5, 16.5], [0.0, 3.1, 3.6, 2.7], [0.0, 0.2, 0.9, 3.0], [0, 2, 7, 26]);
        $terms = new Terms(margin: 0.3, horizonDays: 364, annualRate: 0.1);
        $spend = new LogNormal(median: 25.0, tau: 0.6, sigma: 0.7, theta: 0.15);
        $found = Clv::interval(self::pareto(), $customers, $spend, $terms, orderValues: $values);
        $orders = self::pareto()->discounted($customers, 52.0, annualRate: 0.1);
        foreach ($spend->expected($values) as $i => $value) {
            self::assertNear(0.3 * $value * $orders[$i], $found->residual[$i], 1e-11 * $value);
        }
        $total = Clv::sums(self::pareto(), $customers, $spend, $terms, orderValues: $values)->total;
        self::assertNear(array_sum($found->residual), $total['residual'], 1e-10);
        self::assertSame(PaybackOutcome::Reached, Clv::paybackNew(self::pareto(), $spend, 8.0, terms: $terms)->outcome);
        self::assertNear($total['residual'], Clv::payback(self::pareto(), $customers, $spend, 50.0, terms: $terms, orderValues: $values)->value, 1e-10);
        $means = Clv::interval(self::pareto(), $customers, new GammaGamma(6.25, 3.74, 15.44), $terms);
        $single = Clv::interval(self::pareto(), $customers, new GammaGammaOrders(6.25, 3.74, 15.44), $terms, orderValues: $values);
        foreach ($means->residual as $i => $value) {
            self::assertNear($value, $single->residual[$i], 1e-11 * $value);
            self::assertNear($means->variance[$i], $single->variance[$i], 1e-11 * $means->variance[$i]);
        }
        $named = new Customers([0, 1], [0.0, 3.0], [5.0, 5.0], 7.0, spend: [NAN, 9.0], id: ['ann', 'bob']);
        $others = new OrderValues([0, 1], [1.0, 9.0], [0.0, log(9)], [0.0, 0.0], [0, 1], id: ['bob', 'ann']);
        $thrown = self::thrownBy(static fn () => Clv::interval(self::pareto(), $named, $spend, $terms, orderValues: $others));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame('orderValues.id[0] is "bob", customers.id[0] is "ann"; rows must be of the same customers', $thrown->getMessage());
        self::assertSame(0, $thrown->row);
        $thrown = self::thrownBy(static fn () => Clv::interval(self::pareto(), $customers, new GammaGamma(6.25, 3.74, 15.44), $terms, orderValues: $values));
        self::assertStringContainsString('orderValues are for models of single orders', $thrown->getMessage());
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage('orderValues is missing');
        Clv::interval(self::pareto(), $customers, $spend);
    }
}
