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
use Retain\Spend\GammaGamma;

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
                null,
                ...[...$of(['horizon_days', 'annual_rate', 'margin', 'order_cost', 'service_cost']), null, null, null, null, 0.95, true]
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

    public function testRefusesByName(): void
    {
        $spend = new GammaGamma(6.25, 3.74, 15.44);
        $bad = [
            'annualRate' => static fn () => new Terms(annualRate: -0.1),
            'horizonDays' => static fn () => new Terms(horizonDays: 0.0),
            'orderCost' => static fn () => new Terms(orderCost: new \stdClass()),
            'orderCosts' => static fn () => Clv::interval(self::pareto(), self::four(), $spend, new Terms(orderCost: [1.0])),
            'spend' => static fn () => Clv::interval(self::pareto(), self::four(), 3.0),
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
}
