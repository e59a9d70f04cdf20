<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Exception\RetainException;
use Retain\Orders;
use Retain\Periods;
use Retain\Revenue;
use Retain\RevenuePlan;

final class RevenueTest extends TestCase
{
    public function testBridgesCdnowAsWasComputedInCents(): void
    {
        $orders = new Orders(...self::cdnow());
        $months = (new Calendar())->periods('1997-01-01', '1998-06-30');
        $bridges = [];
        foreach (self::golden('revenue/cdnow_months.csv') as $row) {
            $bridge = $bridges["$row[lag] $row[level]"] ??= Revenue::bridge(
                $orders,
                '1998-06-30',
                $months,
                lag: (int) $row['lag'],
                level: (float) $row['level']
            );
            foreach (array_slice(array_keys($row), 5) as $i => $name) {
                $property = lcfirst(str_replace('_', '', ucwords($name, '_')));
                $want = self::number($row[$name]) / ($i < 7 ? 100 : 1);
                $tolerance = $i < 7 ? 1e-11 : ($i < 15 ? 0.0 : 1e-13);
                self::assertNear($want, $bridge->$property[(int) $row['month']], $tolerance, "$name of month $row[month], lag $row[lag]");
            }
        }
        self::assertSame('1997-02', $bridges['1 0.95']->rows()[1]['period']);
        self::assertCount(18, $bridges['1 0.95']);
        self::assertNull(json_decode(json_encode($bridges['1 0.95'], JSON_THROW_ON_ERROR), true)['start'][0]);
    }

    public function testComparesAmounts(): void
    {
        $rows = [[100, 100, 120], [50, 40, 40], [0, 0, 7]];
        $bridge = Revenue::amounts($rows);
        self::assertSame([150.0, 140.0, 167.0], $bridge->end);
        self::assertSame([20.0, 0.0, 7.0], [$bridge->expansion[2], $bridge->lost[2], $bridge->acquired[2]]);
        self::assertNear(160 / 140, $bridge->nrr[2], 1e-15);
        self::assertEquals(json_encode($bridge), json_encode(Revenue::amounts(pack('d*', ...array_merge(...$rows)), 3)));
        self::assertSame('2', $bridge->rows()[2]['period']);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Revenue::amounts([[1, -1]])));
        foreach ([[[1, 2], [3]], 'x', [1, 2], [[]], []] as $bad) {
            self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => Revenue::amounts($bad)));
        }
        self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => Revenue::amounts('', PHP_INT_MAX)));
        self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => Revenue::amounts([1.0, 2.0], -2)));
    }

    public function testSaysWhatKeepingAndWinningCostAndBring(): void
    {
        self::assertSame(30.0, Revenue::costPerCustomer(1200, 40));
        self::assertSame(5.0, Revenue::costRatio(1200, 40, 900, 150));
        self::assertNan(Revenue::costRatio(1200, 40, 0, 150));
        foreach (self::golden('revenue/lifetime.csv') as $row) {
            $want = self::number($row['lifetime_value']);
            $got = Revenue::lifetimeValue((float) $row['margin'], (float) $row['retention'], (float) $row['annual_rate'], (float) $row['periods_per_year']);
            self::assertNear($want, $got, is_finite($want) ? 2e-15 * abs($want) : 0.0);
        }
        foreach (self::golden('revenue/profit.csv') as $row) {
            $plan = new RevenuePlan(...array_map('floatval', [
                'customers' => $row['customers'], 'margin' => $row['margin'], 'baseRetention' => $row['base_retention'],
                'acquired' => $row['acquired'], 'retentionCost' => $row['retention_cost'], 'acquisitionCost' => $row['acquisition_cost'],
                'annualRate' => $row['annual_rate'], 'periodsPerYear' => $row['periods_per_year'],
            ]) + ['periods' => (int) $row['periods']]);
            $profit = $plan->profit([(float) $row['retention']]);
            $scale = ($plan->margin + $plan->retentionCost) * ($plan->customers + $plan->acquired * $plan->periods) * $plan->periods;
            $scale += $plan->acquisitionCost * $plan->acquired * $plan->periods;
            self::assertNear((float) $row['profit'], $profit->profit[0], 1e-14 * $scale);
            self::assertNear((float) $row['customers_at_end'], $profit->customers[0], 1e-13 * (float) $row['customers_at_end']);
            self::assertNear(self::number($row['change']), $profit->change[0], 1e-11 * (1 + abs((float) $row['change'])));
        }
    }

    public function testRefusesOptionsThatMeanNothing(): void
    {
        $orders = new Orders([1], [0], [1.0]);
        foreach ([['lag' => 0], ['lag' => -1], ['level' => 0.0], ['level' => 1.0], ['occasionDays' => 0]] as $options) {
            $call = static fn () => Revenue::bridge($orders, 20, new Periods([0, 10]), ...$options);
            self::assertInstanceOf(ArgumentException::class, self::thrownBy($call));
        }
        foreach ([['periods' => 0], ['baseRetention' => 1.5], ['periodsPerYear' => 0.0], ['customers' => -1.0], ['margin' => NAN]] as $bad) {
            $plan = new RevenuePlan(...$bad + ['customers' => 1.0, 'margin' => 1.0, 'baseRetention' => 0.5, 'periods' => 1]);
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $plan->profit([0.5])));
        }
        $plan = new RevenuePlan(customers: 1, margin: 1, baseRetention: 0.5, periods: 1);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => $plan->profit([1.5])));
    }
}
