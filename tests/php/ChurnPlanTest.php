<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgBb;
use Retain\Btyd\MbgCnbd;
use Retain\Btyd\ParetoNbd;
use Retain\Churn;
use Retain\ChurnOffer;
use Retain\Column;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Orders;

/** Acting on churn risk. */
final class ChurnPlanTest extends TestCase
{
    /** @return array<string, list<float>> */
    private static function people(): array
    {
        $rows = self::golden('churn/customers.csv');
        $columns = [];
        foreach (array_keys($rows[0]) as $name) {
            $columns[$name] = array_map('floatval', array_column($rows, $name));
        }
        return $columns;
    }

    public function testSilencesMeetTheGoldenOnes(): void
    {
        $checked = 0;
        foreach (self::golden('churn/overdue.csv') as $row) {
            [$first, $second, $x, $tx, $T] = array_map(static fn (string $name): float => (float) $row[$name], ['first', 'second', 'x', 't_x', 'T']);
            $unit = ['unitDays' => 7.0];
            $model = match ($row['family']) {
                '1' => new ParetoNbd(...$unit, r: $first, alpha: $second, s: 0.6, beta: 11.0),
                '6' => new MbgCnbd(...$unit, r: $first, alpha: $second, a: 0.8, b: 2.4, k: (int) $row['k']),
                '8' => new BgBb(...$unit, alpha: $first, beta: $second, gamma: 0.7, delta: 2.0),
                default => null,
            };
            if ($model === null) {
                continue;
            }
            $customers = new Customers(frequency: [$x], t_x: [$tx], T: [$T], unitDays: 7.0, logGaps: [$x > 0 ? $x * log($tx / $x) : 0.0]);
            $checked++;
            self::assertNear((float) $row['p_value'], Churn::overdue($model, $customers)[0], 1e-12 * (float) $row['p_value']);
        }
        self::assertGreaterThan(8, $checked);
    }

    public function testGainsThresholdsAndNumbersMeetTheGoldenOnes(): void
    {
        $people = self::people();
        foreach (self::golden('churn/gains.csv') as $row) {
            $at = (int) $row['row'];
            $offer = new ChurnOffer((float) $row['cost'], (float) $row['incentive'], (float) $row['effect']);
            if ($at === 0) {
                $found = Churn::select($people['risk'], $people['value'], $offer);
                $thresholds = Churn::thresholds($people['value'], $offer);
            }
            self::assertNear((float) $row['gain'], $found->gain[$at], 1e-9);
            self::assertNear(self::number($row['threshold']), $thresholds[$at], 1e-9 * abs(self::number($row['threshold'])) ?: 0.0);
            self::assertSame((int) ((float) $row['gain'] > 0), $found->chosen[$at]);
        }
        foreach (self::golden('churn/lost.csv') as $row) {
            $loss = Churn::lost(array_slice($people['risk'], 0, (int) $row['count']), level: (float) $row['level']);
            self::assertSame([(float) $row['low'], (float) $row['high']], [$loss->low, $loss->high]);
            self::assertNear((float) $row['expected'], $loss->customers, 1e-12);
        }
    }

    public function testProfitsMeetTheGoldenOnes(): void
    {
        $people = self::people();
        $cases = [];
        foreach (self::golden('churn/profit.csv') as $row) {
            $cases["$row[offer] $row[which]"][] = $row;
        }
        foreach ($cases as $rows) {
            $offer = new ChurnOffer((float) $rows[0]['cost_of_contact'], (float) $rows[0]['incentive'], (float) $rows[0]['effect']);
            $found = Churn::profit($people['score'], $people[$rows[0]['which']], $people['value'], $offer, level: 0.9);
            foreach ($found->curve as $name => $column) {
                self::assertCount(count($rows), $column);
                foreach ($rows as $k => $row) {
                    self::assertNear(self::number($row[$name]), $column[$k], 1e-9, $name);
                }
            }
            self::assertNear(max(0.0, ...array_map('floatval', array_column($rows, 'profit'))), $found->profit, 1e-9);
            self::assertIsString(json_encode($found, JSON_THROW_ON_ERROR));
        }
    }

    public function testChoosesAsFarAsCallsReach(): void
    {
        $found = Churn::select([0.5, 0.5, 1.0, 0.25, 0.5, 0.9], [100.0, 100.0, 90.0, 100.0, 100.0, NAN], new ChurnOffer(2.0, effect: 0.1), most: 3);
        self::assertSame([1, 1, 1, 0, 0, 0], $found->chosen);
        self::assertSame([5, 3, 3, 2], [$found->paying, $found->count, $found->tied, $found->tiedChosen]);
        self::assertSame([1.0, 3.0], [$found->lostLow, $found->lostHigh]);
        self::assertCount(3, $found);
        self::assertNear(13.0, $found->total, 1e-12);
        self::assertInstanceOf(Column::class, Churn::select(Column::float64([0.5]), Column::float64([10.0]), new ChurnOffer(1.0))->gain);
    }

    public function testMeasuresSilencesWithoutAModel(): void
    {
        $orders = new Orders(['b', 'a', 'a', 'a', 'b'], [0, 0, 10, 20, 30], array_fill(0, 5, 1.0));
        $gaps = Churn::gaps($orders, 45, priorGaps: 1.0);
        self::assertSame(['a', 'b'], $gaps->customer);
        self::assertSame([25.0, 15.0], $gaps->silence);
        self::assertNear(1 / 9, $gaps->pValue[0], 1e-15);
        self::assertNear(2 / 3, $gaps->pValue[1], 1e-15);
        self::assertCount(2, $gaps);
    }

    public function testRefusesWhatMakesNoSense(): void
    {
        $offer = new ChurnOffer(1.0);
        $calls = [
            [ArgumentException::class, static fn () => Churn::select([0.5], [1.0], new ChurnOffer(-1.0))],
            [DataException::class, static fn () => Churn::select([1.5], [1.0], $offer)],
            [ArgumentException::class, static fn () => Churn::select([0.5], [1.0], $offer, most: -1)],
            [ArgumentException::class, static fn () => Churn::lost([0.5], level: 0.0)],
            [DataException::class, static fn () => Churn::profit([NAN], [1.0], [1.0], $offer)],
            [ArgumentException::class, static fn () => Churn::profit([0.5], [1.0, 0.0], [1.0], $offer)],
            [ArgumentException::class, static fn () => Churn::gaps(new Orders([1], [0], [1.0]), 5, priorGaps: 0.0)],
        ];
        foreach ($calls as $at => [$class, $call]) {
            self::assertInstanceOf($class, self::thrownBy($call), (string) $at);
        }
    }
}
