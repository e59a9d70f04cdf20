<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Figure;
use Retain\Groups;
use Retain\IntervalScale;
use Retain\Orders;
use Retain\Periods;
use Retain\Repeat;
use Retain\RepeatSince;

final class RepeatTest extends TestCase
{
    private const END = '1998-06-30';

    private static function camel(string $name): string
    {
        return lcfirst(str_replace('_', '', ucwords($name, '_')));
    }

    /** @param array<string, string> $row */
    private static function assertRow(array $row, object $table, int $at, array $without = []): void
    {
        foreach (array_diff_key($row, array_flip($without)) as $name => $text) {
            $want = self::number($text);
            self::assertNear($want, $table->{self::camel($name)}[$at], 1e-11 * abs($want), "$name $at");
        }
    }

    public function testFindsTheFiguresThatPandasFindsInCdnow(): void
    {
        $found = Repeat::summary(new Orders(...self::cdnow()), self::END);
        foreach (self::golden('repeat/cdnow_summary.csv') as $row) {
            $figure = $found->{self::camel($row['figure'])};
            self::assertInstanceOf(Figure::class, $figure);
            foreach (['numerator', 'denominator', 'value', 'low', 'high'] as $part) {
                self::assertNear((float) $row[$part], $figure->$part, 1e-11 * abs((float) $row[$part]), $row['figure']);
            }
        }
        self::assertArrayHasKey('repeat', json_decode(json_encode($found, JSON_THROW_ON_ERROR), true));
    }

    public function testCountsMonthsStepsAndBandsOfCdnowAsPandasDoes(): void
    {
        $orders = new Orders(...self::cdnow());
        $rows = self::golden('repeat/cdnow_periods.csv');
        $periods = new Periods([...array_map(intval(...), array_column($rows, 'begin')), (int) end($rows)['end']]);
        $months = Repeat::periods($orders, self::END, $periods);
        foreach ($rows as $at => $row) {
            self::assertRow($row, $months, $at, ['begin', 'end']);
        }
        $funnel = Repeat::funnel($orders, self::END, steps: 12);
        self::assertCount(12, $funnel);
        foreach (self::golden('repeat/cdnow_funnel.csv') as $at => $row) {
            self::assertRow($row, $funnel, $at);
        }
        $tenure = Repeat::tenure($orders, self::END, [0, 1, 30, 90, 180, 365, 545]);
        foreach (self::golden('repeat/cdnow_tenure.csv') as $at => $row) {
            self::assertRow($row, $tenure, $at, ['begin', 'end']);
        }
        $profile = Repeat::profile($orders, self::END);
        foreach (self::golden('repeat/cdnow_profile.csv') as $row) {
            self::assertSame((float) $row['orders'], $profile->orders[(int) $row['weekday']]);
            self::assertNear((float) $row['revenue'], $profile->revenue[(int) $row['weekday']], 1e-9);
        }
    }

    public function testReadsTheCurvesOfLifelines(): void
    {
        $orders = new Orders(...self::cdnow());
        $since = ['first' => RepeatSince::First, 'previous' => RepeatSince::Previous, 'gaps' => RepeatSince::All];
        $curves = [];
        foreach (self::golden('repeat/cdnow_curve.csv') as $row) {
            $curves[$row['kind'] . $row['occasion']][] = $row;
        }
        foreach ($curves as $rows) {
            $curve = Repeat::curve($orders, self::END, $since[$rows[0]['kind']], (int) $rows[0]['occasion']);
            self::assertCount(count($rows), $curve);
            foreach ($rows as $at => $row) {
                self::assertRow($row, $curve, $at, ['kind', 'occasion']);
            }
        }
        foreach (self::golden('repeat/cdnow_within.csv') as $row) {
            $read = Repeat::within($orders, self::END, [(float) $row['days']], $since[$row['kind']], (int) $row['occasion']);
            self::assertRow($row, $read, 0, ['kind', 'occasion']);
        }
        foreach (self::golden('repeat/cdnow_quantiles.csv') as $row) {
            $read = Repeat::quantiles($orders, self::END, [(float) $row['share']], $since[$row['kind']], (int) $row['occasion']);
            self::assertRow($row, $read, 0, ['kind', 'occasion']);
        }
        foreach (self::golden('repeat/regularity.csv') as $row) {
            $found = Repeat::regularity($orders, (int) $row['end']);
            self::assertEqualsWithDelta((float) $row['k'], $found->k, 1e-13);
            self::assertEqualsWithDelta((float) $row['standard_error'], $found->standardError, 1e-13);
            self::assertEqualsWithDelta((float) $row['high'], $found->high, 1e-13);
        }
        $gaps = Repeat::gaps($orders, self::END);
        self::assertCount(2349, $gaps);
        foreach (self::golden('repeat/cdnow_gaps.csv') as $row) {
            self::assertRow($row, $gaps, (int) $row['row'], ['row']);
        }
    }

    public function testComparesGroupsOfCustomers(): void
    {
        $orders = new Orders(['a', 'a', 'b', 'c', 'c', 'd'], [0, 5, 1, 2, 50, 3], [1, 1, 1, 1, 1, 1]);
        $groups = new Groups(['a' => 'ad', 'b' => 'shop', 'c' => 'ad', 'd' => 'shop']);
        $found = Repeat::compare($orders, 60, $groups);
        self::assertSame(['ad', 'shop'], $found->labels);
        self::assertSame([2.0, 0.0], $found->events);
        self::assertSame(1, $found->degrees);
        /* after 5 days 4 are there, 2 in each group; after 48 days 3, 1 of them in the first */
        self::assertNear(1 / 2 + 1 / 3, $found->expected[0], 1e-15);
        self::assertNear((2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9), $found->chiSquared, 1e-13);
        $thrown = self::thrownBy(static fn () => Repeat::compare($orders, 60, new Groups(['a' => 'ad'])));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertStringContainsString("'b'", $thrown->getMessage());
        $all = self::thrownBy(static fn () => Repeat::compare($orders, 60, $groups, RepeatSince::All));
        self::assertInstanceOf(ArgumentException::class, $all);
    }

    public function testKnowsTheHourInTheShop(): void
    {
        $calendar = new Calendar('Europe/London');
        $moments = [1711846800, 1711846799, 1711929600]; /* 2024-03-31 02:00 (summer time has just begun), 00:59:59; Monday, 01:00 */
        $orders = new Orders([1, 2, 3], $calendar->days($moments), [1.0, 2.0, 4.0]);
        $profile = Repeat::profile($orders, '2024-04-30', $moments, $calendar);
        self::assertSame(1.0, $profile->orders[7][2]);
        self::assertSame(2.0, $profile->revenue[7][0]);
        self::assertSame(4.0, $profile->revenue[1][1]);
        self::assertSame(0.0, $profile->orders[7][1]);
        $thrown = self::thrownBy(static fn () => Repeat::profile(new Orders([1], [0], [1.0]), 9, [86400], $calendar));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Repeat::profile($orders, 9, $moments)));
        self::assertInstanceOf(
            ArgumentException::class,
            self::thrownBy(static fn () => Repeat::profile($orders, 9, [1], $calendar))
        );
    }

    public function testGivesTablesRowByRow(): void
    {
        $orders = new Orders(['a', 'b', 'a'], ['2024-01-03', '2024-01-20', '2024-02-10'], [1.0, 2.0, 4.0]);
        $end = '2024-02-29';
        $months = Repeat::periods($orders, $end, (new Calendar())->periods('2024-01-01', $end))->rows();
        self::assertSame(['period', 'customers', 'firstTime', 'returning'], array_slice(array_keys($months[1]), 0, 4));
        self::assertSame([1.0, 1.0], [$months[1]['customers'], $months[1]['returningShare']]);
        self::assertSame(['number' => 2, 'customers' => 1.0], array_slice(Repeat::funnel($orders, $end, 2)->rows()[1], 0, 2));
        $tenure = Repeat::tenure($orders, $end, [0, 1, 90])->rows();
        self::assertSame(['fromAge' => 1, 'toAge' => 89, 'occasions' => 1.0], array_slice($tenure[1], 0, 3));
        self::assertSame(['id' => 'a', 'gaps' => 1.0, 'mean' => 38.0], array_slice(Repeat::gaps($orders, $end)->rows()[0], 0, 3));
        self::assertSame(['days' => 38.0], array_slice(Repeat::curve($orders, $end)->rows()[0], 0, 1));
        self::assertSame(0.0, Repeat::within($orders, $end, [30])->rows()[0]['share']);
        self::assertSame(0.5, Repeat::quantiles($orders, $end, [0.5])->rows()[0]['share']);
        $groups = Repeat::compare($orders, $end, new Groups(['a' => 1, 'b' => 2]))->rows();
        self::assertSame(['group' => 2, 'customers' => 1.0, 'events' => 0.0], array_slice($groups[1], 0, 3));
        self::assertSame([], Repeat::curve(new Orders([1], [0], [1.0]), 9)->rows());
    }

    public function testRefusesWhatMakesNoSense(): void
    {
        $orders = new Orders([1], [0], [1.0]);
        $calls = [
            'steps' => static fn () => Repeat::funnel($orders, 9, 0),
            'horizonDays' => static fn () => Repeat::funnel($orders, 9, 2, 0),
            'ages' => static fn () => Repeat::tenure($orders, 9, [5, 5]),
            'occasion' => static fn () => Repeat::curve($orders, 9, occasion: 1),
            'level' => static fn () => Repeat::within($orders, 9, [1.0], level: 0),
            'days' => static fn () => Repeat::within($orders, 9, [-1.0]),
            'shares' => static fn () => Repeat::quantiles($orders, 9, [1.0]),
        ];
        foreach ($calls as $name => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(\Retain\Exception\RetainException::class, $thrown);
            self::assertStringContainsString($name, $thrown->getMessage());
        }
        self::assertSame([], Repeat::curve($orders, 9, interval: IntervalScale::Plain)->days);
    }
}
