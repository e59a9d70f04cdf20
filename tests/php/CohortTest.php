<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Cohort;
use Retain\CohortKind;
use Retain\CohortTable;
use Retain\Column;
use Retain\Day;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Period;
use Retain\Periods;
use Retain\Rate;

final class CohortTest extends TestCase
{
    /** @dataProvider periods */
    public function testMakesTheTablesThatPandasMakesOfCdnow(string $file, Period $period): void
    {
        $orders = new Orders(...self::cdnow());
        $periods = (new Calendar())->periods('1997-01-01', '1998-06-30', $period, firstWeekday: \Retain\Weekday::of('1997-01-01'));
        $table = Cohort::active($orders, '1998-06-30', $periods);
        $unbounded = Cohort::active($orders, '1998-06-30', $periods, kind: CohortKind::Unbounded);
        foreach (self::golden("cohort/$file.csv") as $row) {
            [$c, $a] = [(int) $row['cohort'], (int) $row['age']];
            self::assertSame((float) $row['size'], $table->size[$c]);
            self::assertSame((float) $row['active'], $table->active[$c][$a]);
            self::assertSame((float) $row['unbounded'], $unbounded->active[$c][$a]);
            self::assertSame((float) $row['orders'], $table->orders[$c][$a]);
            self::assertNear($row['cents'] / 100, $table->revenue[$c][$a], 1e-12 * $table->revenue[$c][$a]);
        }
        self::assertEquals(2349, array_sum($table->size));
    }

    public function periods(): array
    {
        return [['cdnow_months', Period::Month], ['cdnow_weeks', Period::Week]];
    }

    public function testTakesRatesOfTheTable(): void
    {
        $table = Cohort::active(new Orders(...self::cdnow()), '1998-06-15', (new Calendar())->periods('1997-01-01', '1998-06-30'));
        $retention = $table->retention();
        $average = $table->average(level: 0.9);
        self::assertSame(1.0, $retention->rate[0][0]);
        self::assertSame($table->active[0][1] / $table->size[0], $retention->rate[0][1]);
        self::assertSame(Rate::low($table->active[0][1], $table->size[0]), $retention->low[0][1]);
        self::assertNan($retention->rate[0][17]); /* June was not over */
        self::assertFalse($table->complete[0][17]);
        self::assertTrue($table->complete[0][16]);
        self::assertNan($retention->rate[17][0]);
        $active = $table->active[0][1] + $table->active[1][1] + $table->active[2][1];
        self::assertSame($active / array_sum($table->size), $average->rate[1]);
        self::assertSame((float) array_sum($table->size), $average->customers[1]);
        self::assertSame(Rate::high($active, array_sum($table->size), 0.9), $average->high[1]);
        self::assertIsString(json_encode([$table, $retention, $average], JSON_THROW_ON_ERROR));
    }

    public function testCountsTheSameWhateverTheKindOfTheColumns(): void
    {
        [$customer, $day, $value] = [[1, 2, 1], [0, 3, 40], [1.0, 2.0, 3.0]];
        $periods = new Periods([0, 31, 62]);
        $want = json_encode(Cohort::active(new Orders($customer, $day, $value), 61, $periods));
        $packed = new Orders(pack('q*', ...$customer), pack('q*', ...$day), pack('d*', ...$value));
        $columns = new Orders(Column::int64($customer), Column::int64($day), Column::float64($value));
        self::assertSame($want, json_encode(Cohort::active($packed, 61, $periods)));
        self::assertSame($want, json_encode(Cohort::active($columns, 61, $periods)));
    }

    public function testTakesTablesThatWereStored(): void
    {
        $table = new CohortTable(new Periods([0, 1, 2]), CohortKind::Period, [10, 20], [[10, 5], [20, NAN]]);
        self::assertSame(0.5, $table->retention()->rate[0][1]);
        self::assertSame(0.5, $table->average()->rate[1]);
        $bad = new CohortTable(new Periods([0, 1]), CohortKind::Period, [10], [[11]]);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => $bad->retention()));
        $empty = new CohortTable(new Periods([]), CohortKind::Period, [], []);
        self::assertCount(0, $empty);
    }

    public function testRefusesOrdersOutsideThePeriods(): void
    {
        $orders = new Orders([1], [0], [1.0]);
        $thrown = self::thrownBy(static fn () => Cohort::active($orders, Day::of('1970-03-01'), new Periods([5, 10])));
        self::assertInstanceOf(DataException::class, $thrown);
    }
}
