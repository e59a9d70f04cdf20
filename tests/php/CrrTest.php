<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Crr;
use Retain\CrrActivity;
use Retain\CrrRate;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Exception\RetainException;
use Retain\Orders;
use Retain\Period;
use Retain\Periods;
use Retain\RateDifference;

final class CrrTest extends TestCase
{
    public function testMeetsTheFormulas(): void
    {
        foreach (self::golden('crr/crr.csv') as $row) {
            $counts = [(float) $row['start'], (float) $row['end'], (float) $row['new']];
            $crr = self::number($row['crr_percent']) / 100;
            $churn = self::number($row['churn_percent']) / 100;
            self::assertNear($crr, Crr::rate(...$counts), 1e-15 * abs($crr), $row['id']);
            self::assertNear($churn, Crr::churn(...$counts), 1e-15 * abs($churn), $row['id']);
        }
        self::assertNear(0.28242953648100008, Crr::over(0.9, 12), 1e-16);
        self::assertNear(0.45963991233736306, Crr::churnOver(0.05, 12), 1e-16);
        self::assertNan(Crr::rate(0, 5, 5));
    }

    public function testGradesRates(): void
    {
        self::assertSame([0, 1, 4, -1], array_map(Crr::grade(...), [0.149, 0.15, 1.0, NAN]));
        self::assertSame(1, Crr::grade(0.6, [0.5, 0.7]));
        self::assertSame(1, Crr::grade(0.6, pack('d*', 0.5, 0.7)));
    }

    public function testCountsWhoComesAndGoesAtCdnowAsPandasDoes(): void
    {
        $orders = new Orders(...self::cdnow());
        $columns = ['start', 'acquired', 'gained', 'retained', 'reactivated', 'lost', 'end'];
        foreach (self::golden('crr/cdnow_months.csv') as $row) {
            $table = Crr::periods($orders, '1998-06-30', new Periods([(int) $row['begin'], (int) $row['end_day']]), windowDays: (int) $row['window']);
            foreach ($columns as $column) {
                self::assertSame((float) $row[$column], $table->$column[0], "$row[begin] $column");
            }
        }
    }

    public function testFindsTheWindowThatScipyFinds(): void
    {
        $orders = new Orders(...self::cdnow());
        foreach (self::golden('crr/cdnow_window.csv') as $row) {
            $window = Crr::window($orders, '1998-06-30', (float) $row['quantile']);
            self::assertNear(self::number($row['window']), $window->windowDays, 0.0);
            self::assertNear((float) $row['reached'], $window->reached, 1e-12);
        }
    }

    public function testShowsItsRowsWithTheirPeriods(): void
    {
        $orders = new Orders(...self::cdnow());
        $table = Crr::periods($orders, '1998-06-30', (new Calendar())->periods('1997-01-01', '1998-06-30'), windowDays: 90);
        $rows = $table->rows();
        self::assertCount(18, $table);
        self::assertSame('1997-02', $rows[1]['period']);
        self::assertSame($table->crr[1], $rows[1]['crr']);
        self::assertSame($table->start[1], $table->retained[1] + $table->lost[1]);
        self::assertIsArray(json_decode(json_encode($table, JSON_THROW_ON_ERROR), true)['crr']);
    }

    public function testRefusesOptionsThatMeanNothing(): void
    {
        $orders = new Orders([1], [0], [1.0]);
        $periods = new Periods([0, 10]);
        $bad = [
            ['windowDays' => 0], ['windowQuantile' => 0.0], ['windowQuantile' => 2.0, 'windowDays' => 5], ['level' => 0.0],
            ['level' => NAN], ['occasionDays' => 0],
        ];
        foreach ($bad as $options) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Crr::periods($orders, 20, $periods, ...$options)));
        }
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Crr::periods($orders, 20, new Periods([0]), windowDays: 5)));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Crr::periods($orders, 20, $periods)));
    }

    public function testRollsAndCountsByPeriod(): void
    {
        $orders = new Orders(...self::cdnow());
        $tables = [];
        foreach (self::golden('crr/cdnow_rolling.csv') as $row) {
            $who = $row['window'] === '0' ? ['activity' => CrrActivity::Period] : ['windowDays' => (int) $row['window']];
            $table = $tables["$row[window] $row[span]"] ??= Crr::periods(
                $orders,
                '1998-06-30',
                (new Calendar())->periods('1997-01-01', '1998-06-30'),
                ...$who,
                span: (int) $row['span']
            );
            foreach (['start', 'acquired', 'gained', 'retained', 'reactivated', 'lost', 'end'] as $name) {
                self::assertNear(self::number($row[$name]), $table->$name[(int) $row['month']], 0.0, "$name of month $row[month]");
            }
        }
        $weeks = (new Calendar())->periods('1997-01-01', '1998-06-30', Period::Week);
        $quarters = Crr::periods($orders, '1998-06-30', $weeks, windowDays: 90, span: 13);
        self::assertCount(count($weeks) - 12, $quarters);
        foreach ([0, 20, 60] as $k) {
            $alone = Crr::periods($orders, '1998-06-30', new Periods([$weeks->edges[$k], $weeks->edges[$k + 13]]), windowDays: 90);
            self::assertSame($alone->retained[0], $quarters->retained[$k]);
            self::assertSame($alone->reactivated[0], $quarters->reactivated[$k]);
        }
        self::assertSame('1997-01-20 - 1997-04-14', $quarters->rows()[3]['period']);
        $months = (new Calendar())->periods('1997-01-01', '1998-06-30');
        $bought = Crr::periods($orders, '1998-06-30', $months, activity: CrrActivity::Period);
        self::assertNan($bought->start[0]);
        self::assertSame(0, $bought->windowDays);
        self::assertSame($bought->end[3], $bought->start[4]);
    }

    public function testCountsFlagsAndComparesPeriods(): void
    {
        $rows = [[1, 1, 0], [1, 1, 1], [0, 1, 1]];
        $table = Crr::flags($rows);
        self::assertSame([[2.0, 3.0], [2.0, 2.0], [1.0, 0.0], [0.0, 1.0]], [$table->start, $table->retained, $table->gained, $table->lost]);
        self::assertEquals($table, Crr::flags(array_merge(...$rows), 3));
        self::assertEquals($table, Crr::flags(pack('C*', ...array_merge(...$rows)), 3));
        self::assertSame(['0', '1'], $table->labels());
        $change = $table->change(CrrRate::Churn);
        self::assertNan($change->change[0]);
        self::assertSame(RateDifference::of(1, 3, 0, 2)->high, $change->high[1]);
        foreach ([[[[1, 0], [1]], null], [[[1, 2]], null], [[1, 0, 1], 2], ['x', null], [[1, 0], null], [[1, 0], -1], [[], null]] as [$bad, $instants]) {
            self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => Crr::flags($bad, $instants)));
        }
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $table->change(lag: 0)));
        self::assertStringStartsWith('lag is 99;', (string) self::thrownBy(static fn () => $table->change(lag: 99))?->getMessage());
    }
}
