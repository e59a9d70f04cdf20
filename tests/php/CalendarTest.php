<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\CalendarSystem;
use Retain\Column;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Period;
use Retain\Periods;
use Retain\Weekday;

final class CalendarTest extends TestCase
{
    public function testKnowsDatesInBothCalendars(): void
    {
        $rows = self::golden('calendar/dates.csv');
        $numbers = array_map('intval', array_column($rows, 'number'));
        foreach (['' => CalendarSystem::Gregorian, 'jalali_' => CalendarSystem::Jalali] as $prefix => $system) {
            $calendar = new Calendar('UTC', $system);
            $want = array_map(
                static fn (string $column): array => array_map('intval', array_column($rows, $prefix . $column)),
                ['year' => 'year', 'month' => 'month', 'day' => 'day']
            );
            self::assertSame($want, $calendar->dates($numbers));
            self::assertSame($numbers, $calendar->numbers(...$want));
        }
        foreach ($rows as $row) {
            self::assertSame(Weekday::from((int) $row['weekday']), Weekday::of((int) $row['number']));
        }
    }

    public function testBeginsJalaliYearsWhereTheEquinoxSaysSo(): void
    {
        $calendar = new Calendar('Asia/Tehran', CalendarSystem::Jalali);
        foreach (self::golden('calendar/nowruz.csv') as $row) {
            self::assertSame((int) $row['equinox'], $calendar->number((int) $row['jalali_year'], 1, 1));
        }
    }

    /** The vectors come from Python's zoneinfo; PHP brings a zone database of its own. */
    public function testKnowsTheDayOnBothSidesOfEveryChangeOfTheClock(): void
    {
        $zones = [];
        foreach (self::golden('calendar/zone_days.csv') as $row) {
            $zones[$row['zone']][(int) $row['moment']] = (int) $row['day'];
        }
        foreach ($zones as $zone => $days) {
            self::assertSame(array_values($days), (new Calendar($zone))->days(array_keys($days)), $zone);
        }
    }

    public function testKnowsTheFirstMomentOfEveryDay(): void
    {
        $zones = [];
        foreach (self::golden('calendar/zone_firsts.csv') as $row) {
            $zones[$row['zone']][(int) $row['day']] = (int) $row['first'];
        }
        foreach ($zones as $zone => $firsts) {
            self::assertSame(array_values($firsts), (new Calendar($zone))->instants(array_keys($firsts)), $zone);
        }
    }

    public function testTakesEveryZoneOfPhp(): void
    {
        foreach ([...\DateTimeZone::listIdentifiers(), '+03:30', 'EST', '-00:30'] as $zone) {
            $moment = new \DateTimeImmutable('2024-06-30 23:30:00', new \DateTimeZone($zone));
            self::assertSame(Day::of('2024-06-30'), (new Calendar($zone))->day($moment), $zone);
        }
    }

    public function testTakesMomentsAsShopsStoreThem(): void
    {
        $tehran = new Calendar('Asia/Tehran', CalendarSystem::Jalali);
        $day = Day::of('2024-03-21');
        self::assertSame($day, $tehran->day('2024-03-20T21:00:00Z'));
        self::assertSame($day, $tehran->day('2024-03-21T00:30:00+03:30'));
        self::assertSame($day, $tehran->day('2024-03-21 00:30:00'));
        self::assertSame($day, $tehran->day('2024-03-21'));
        self::assertSame($day, $tehran->day('2024-03-20 21:00:00', written: 'UTC'));
        self::assertSame($day, $tehran->day('2024-03-20 17:00:00', written: 'America/New_York'));
        self::assertSame($day, $tehran->day(1710968400));
        self::assertSame($day, $tehran->day('1710968400'));
        self::assertSame(-719162, (new Calendar())->day('0001-01-01 12:00'));
        self::assertSame($day, $tehran->day(new \DateTimeImmutable('2024-03-20 21:00 UTC')));
        self::assertSame(['year' => 1403, 'month' => 1, 'day' => 2], $tehran->date($day));
        self::assertSame('2024-03-21T00:00:00+03:30', $tehran->instant('2024-03-21')->format(DATE_ATOM));
    }

    public function testRefusesWhatIsNoMomentAndNamesTheRow(): void
    {
        $calendar = new Calendar('Europe/London');
        foreach (['2024-02-30', '20240131', '1710968400000', '2024-01-01 24:00:00', 'yesterday', '', '2024-1-1', null, 1.5, true, [1], new \stdClass()] as $bad) {
            $thrown = self::thrownBy(static fn () => $calendar->days([0, $bad]));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString('moments[1]', $thrown->getMessage());
            self::assertSame(1, $thrown->row);
        }
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $calendar->days(5)));
    }

    public function testRefusesZonesThatAreNone(): void
    {
        $thrown = self::thrownBy(static fn () => new Calendar('Mars/Olympus'));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertSame("zone is 'Mars/Olympus'; PHP knows no such time zone", $thrown->getMessage());
        $thrown = self::thrownBy(static fn () => (new Calendar())->day('2024-01-31', written: ''));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString("written is ''", $thrown->getMessage());
    }

    public function testMakesPeriodsAndNamesThem(): void
    {
        $gregorian = new Calendar('UTC');
        $jalali = new Calendar('Asia/Tehran', CalendarSystem::Jalali);
        $months = $gregorian->periods('2023-12-15', '2024-02-01');
        self::assertSame(array_map(Day::of(...), ['2023-12-01', '2024-01-01', '2024-02-01', '2024-03-01']), $months->edges);
        self::assertCount(3, $months);
        self::assertSame(['2023-12', '2024-01', '2024-02'], $months->labels());
        self::assertSame(1, $months->containing('2024-01-31'));
        self::assertNull($months->containing('2024-03-01'));
        self::assertNull($months->containing('2023-11-30'));
        self::assertSame(['1402-12', '1403-01'], $jalali->periods('2024-03-19', '2024-03-20')->labels());
        self::assertSame(['1402-Q4', '1403-Q1'], $jalali->periods('2024-03-19', '2024-03-20', Period::Quarter)->labels());
        self::assertSame(['2023', '2024'], $gregorian->periods('2023-03-19', '2024-03-20', Period::Year)->labels());
        $weeks = $jalali->periods('2024-03-20', '2024-04-01', Period::Week, firstWeekday: Weekday::Saturday);
        self::assertSame(Weekday::Saturday, Weekday::of($weeks->edges[0]));
        $fortnights = $gregorian->periods('2024-01-03', '2024-01-31', Period::Week, step: 2);
        self::assertSame(['2024-01-01', '2024-01-15', '2024-01-29'], $fortnights->labels());
        self::assertSame([0, 31, 60], Periods::between('1970-01-01', 31, new \DateTimeImmutable('1970-03-02'))->edges);
        self::assertSame([], (new Periods([]))->labels());
        self::assertTrue($jalali->isLeap(1403));
        self::assertFalse($gregorian->isLeap(1900));
    }

    public function testRefusesPeriodsThatCannotBe(): void
    {
        $calendar = new Calendar();
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $calendar->periods('2024-02-01', '2024-01-01')));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $calendar->periods(0, 10, step: 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $calendar->periods('2024-02-30', '2024-03-01')));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $calendar->periods(0, PHP_INT_MAX)));
    }

    public function testGivesDaysInTheKindOfTheMoments(): void
    {
        $london = new Calendar('Europe/London');
        self::assertSame([0, 19537], $london->days([86399 - 3600, 1687994999]));
        self::assertSame(pack('q*', 0, 19537), $london->days(pack('q*', 0, 1687994999)));
        $days = $london->days(Column::int64([0, 1687994999]));
        self::assertInstanceOf(Column::class, $days);
        self::assertSame([0, 19537], $days->toArray());
        self::assertSame([], $london->days([]));
        self::assertSame('', $london->days(''));
    }

    public function testWritesDays(): void
    {
        foreach (['1969-12-31' => -1, '1970-01-01' => 0, '2000-02-29' => 11016, '0001-01-01' => -719162, '9999-12-31' => 2932896] as $date => $day) {
            self::assertSame($day, Day::of($date));
            self::assertSame($date, Day::iso($day));
            self::assertSame($date, Day::date($day)->format('Y-m-d'));
        }
        self::assertSame(19888, Day::of(new \DateTimeImmutable('2024-06-14 23:59:59', new \DateTimeZone('Pacific/Auckland'))));
        self::assertSame(5, Day::of(5));
    }
}
