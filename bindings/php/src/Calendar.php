<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * The shop's time: which day it was there, and when its weeks, months and years begin.
 *
 *     $calendar = new Calendar('Asia/Tehran', CalendarSystem::Jalali);
 *     $day = $calendar->day('2024-03-20T21:00:00Z');                          // 19803, 2024-03-21 in the shop
 *     $months = $calendar->periods('2023-03-21', '2024-03-20');               // the twelve months of 1402
 *
 * Days of 23 and 25 hours come out right: the changes of the clock are those that PHP knows of the zone, until the year 2100.
 */
final readonly class Calendar
{
    private const UNTIL = 4102444800;

    public \DateTimeZone $zone;

    /** @var array{list<int>, list<int>, int} instants, offsets from then on, offset before the first */
    private array $changes;

    /**
     * @param \DateTimeZone|string $zone the shop's time zone, such as 'Europe/London' or '+03:30'
     * @param CalendarSystem $system the calendar of its months, quarters and years
     */
    public function __construct(
        \DateTimeZone|string $zone = 'UTC',
        public CalendarSystem $system = CalendarSystem::Gregorian,
    ) {
        $this->zone = self::zone($zone, 'zone');
        $this->changes = self::listChanges($this->zone);
    }

    /**
     * Day numbers of moments in the shop's zone.
     *
     * @param mixed $moments Unix seconds (list<int>|string|Column), or a list of DateTimeInterface or of texts such as
     *                       '2024-01-31 23:59:00', with an offset ('...+03:30', '...Z') or without
     * @param \DateTimeZone|string|null $written zone in which texts without offset were written: 'UTC' for WooCommerce's columns
     *                       that end in _gmt. null means the shop's own
     * @return list<int>|string|Column of the kind given; lists of dates and texts give lists
     * @throws DataException for what is no moment
     */
    public function days(mixed $moments, \DateTimeZone|string|null $written = null, ?Context $context = null): array|string|Column
    {
        $seconds = $this->seconds($moments, $written);
        return retain_calendar_days($context?->raw(), ...[...$this->changes, $seconds, true])['days'];
    }

    /** Day number of one moment: Unix seconds, a DateTimeInterface, or a text as in days(). */
    public function day(int|string|\DateTimeInterface $moment, \DateTimeZone|string|null $written = null): int
    {
        return $this->days([$moment], $written)[0];
    }

    /**
     * Day numbers of moments in the shop's zone, and the seconds of the day that its clock showed (0 to 86399). On the days on which
     * the clock is changed, some times of day come twice or never: the clock is what a customer sees.
     *
     * @param mixed $moments as in days()
     * @return array{day: list<int>|string|Column, second: list<int>|string|Column} of the kind given
     */
    public function local(mixed $moments, \DateTimeZone|string|null $written = null, ?Context $context = null): array
    {
        $seconds = $this->seconds($moments, $written);
        $result = retain_calendar_local($context?->raw(), ...[...$this->changes, $seconds, true, true]);
        return ['day' => $result['days'], 'second' => $result['second_of_day']];
    }

    /**
     * First moment of each day in the shop, the inverse of days(). A day that never existed (Apia skipped 2011-12-30) gets that
     * of the next.
     *
     * @param mixed $days list<int>|string|Column of day numbers, or a list of dates
     * @return list<int>|string|Column Unix seconds
     */
    public function instants(mixed $days, ?Context $context = null): array|string|Column
    {
        return retain_calendar_instants($context?->raw(), ...[...$this->changes, Day::column($days, 'days'), true])['seconds'];
    }

    /** First moment of a day in the shop, in the shop's zone. */
    public function instant(int|string|\DateTimeInterface $day): \DateTimeImmutable
    {
        $seconds = $this->instants([Day::of($day)]);
        return (new \DateTimeImmutable('@' . $seconds[0]))->setTimezone($this->zone);
    }

    /**
     * The periods that cover the days from `first` to `last`, both included. The last one is usually not over on that day.
     *
     * @param int $step so many make one period (2 with Period::Week: fortnights), counted from the one that holds `first`
     * @param Weekday $firstWeekday first day of a week; Iran's shops use Weekday::Saturday
     */
    public function periods(
        int|string|\DateTimeInterface $first,
        int|string|\DateTimeInterface $last,
        Period $period = Period::Month,
        int $step = 1,
        Weekday $firstWeekday = Weekday::Monday,
    ): Periods {
        Columns::positive($step, 'step');
        [$first, $last] = [Day::of($first, 'first'), Day::of($last, 'last')];
        if ($first > $last) {
            throw new ArgumentException(
                "first is $first (" . Day::iso($first) . "); it must not be after last = $last (" . Day::iso($last) . ')',
                1
            );
        }
        $result = retain_calendar_edges(
            null,
            $first,
            $last,
            $this->system->value,
            $period->value,
            $step,
            $firstWeekday->value,
            true
        );
        return new Periods($result['edges'], $period, $step, $this->system);
    }

    /**
     * Year, month and day of month in the shop's calendar.
     *
     * @return array{year: int, month: int, day: int}
     */
    public function date(int|string|\DateTimeInterface $day): array
    {
        $date = $this->dates([Day::of($day)]);
        return ['year' => $date['year'][0], 'month' => $date['month'][0], 'day' => $date['day'][0]];
    }

    /**
     * Years, months and days of month in the shop's calendar.
     *
     * @param mixed $days list<int>|string|Column of day numbers, or a list of dates
     * @return array{year: list<int>|string|Column, month: list<int>|string|Column, day: list<int>|string|Column}
     */
    public function dates(mixed $days, ?Context $context = null): array
    {
        return retain_calendar_dates($context?->raw(), $this->system->value, Day::column($days, 'days'), true, true, true);
    }

    /** Day number of a date in the shop's calendar; a DataException when there is no such date. */
    public function number(int $year, int $month, int $day): int
    {
        return $this->numbers([$year], [$month], [$day])[0];
    }

    /**
     * Day numbers of dates in the shop's calendar.
     *
     * @param mixed $year list<int>|string|Column
     * @param mixed $month list<int>|string|Column, 1 to 12
     * @param mixed $day list<int>|string|Column, 1 to 31
     * @return list<int>|string|Column
     */
    public function numbers(mixed $year, mixed $month, mixed $day, ?Context $context = null): array|string|Column
    {
        return retain_calendar_numbers($context?->raw(), $this->system->value, $year, $month, $day, true)['days'];
    }

    /** Has the year 366 days? false for years outside the calendar. */
    public function isLeap(int $year): bool
    {
        return retain_calendar_is_leap($this->system->value, $year) === 1;
    }

    /**
     * Unix seconds of moments.
     *
     * @internal
     * @return array<mixed>|string|Column
     */
    public function seconds(mixed $moments, \DateTimeZone|string|null $written = null): array|string|Column
    {
        $moments = Columns::check($moments, 'moments');
        if (!is_array($moments)) {
            return $moments;
        }
        $reader = $this->moments($written);
        $seconds = [];
        foreach ($moments as $row => $moment) {
            $seconds[$row] = $reader->seconds($moment) ?? self::refuse($moment, (int) $row);
        }
        return $seconds;
    }

    /**
     * A reader of moments.
     *
     * @internal
     */
    public function moments(\DateTimeZone|string|null $written): Moments
    {
        return new Moments($written === null ? $this->zone : self::zone($written, 'written'));
    }

    /** @internal */
    public static function refuse(mixed $moment, int $row, string $name = 'moments'): never
    {
        $shown = is_string($moment) ? "'$moment'" : get_debug_type($moment);
        throw Columns::withRow(new DataException(
            "{$name}[$row] is $shown; it must be Unix seconds, a DateTimeInterface, or a text such as '2024-01-31 23:59:00' or "
            . "'2024-01-31T23:59:00+03:30'",
            2
        ), $row);
    }

    private static function zone(\DateTimeZone|string $zone, string $name): \DateTimeZone
    {
        try {
            return is_string($zone) ? new \DateTimeZone($zone) : $zone;
        } catch (\Exception $e) {
            throw new ArgumentException("$name is '$zone'; PHP knows no such time zone", 1, $e);
        }
    }

    /** @return array{list<int>, list<int>, int} */
    private static function listChanges(\DateTimeZone $zone): array
    {
        $changes = $zone->getTransitions(PHP_INT_MIN, self::UNTIL);
        if (!$changes) {
            return [[], [], $zone->getOffset(new \DateTimeImmutable('@0'))];
        }
        $initial = array_shift($changes)['offset'];
        return [array_column($changes, 'ts'), array_column($changes, 'offset'), $initial];
    }
}
