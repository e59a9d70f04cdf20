<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Day numbers: days since 1970-01-01 in the shop, negative before it. All of the library counts in them.
 *
 * Wherever a day is expected you may give the number, a date ('2024-01-31'), or a DateTimeInterface, which stands for the date
 * that it shows. A
 * *moment*, which is a day only in some time zone, is turned into one by Calendar::days().
 */
final class Day
{
    private const DATE = '/^(\d{4})-(\d\d)-(\d\d)(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/D';

    /**
     * Day number of a day: itself, a date '2024-01-31' (a time of day without offset is not read), or the date a
     * DateTimeInterface shows.
     *
     * @param string $name what it is called where it is refused
     */
    public static function of(int|string|\DateTimeInterface $day, string $name = 'day'): int
    {
        if (is_int($day)) {
            if (self::looksLikeDate($day)) {
                $hint = "write '" . substr_replace(substr_replace((string) $day, '-', 6, 0), '-', 4, 0) . "', or Day::date($day)";
                throw new ArgumentException(
                    "$name is $day, which looks like a date written as yyyymmdd; ints are day numbers, days since 1970-01-01: $hint "
                        . 'for that day number',
                    1
                );
            }
            $unit = self::unitOfMoments($day);
            if ($unit !== null) {
                throw new ArgumentException(
                    "$name is $day, which looks like Unix time in $unit; ints are day numbers, days since 1970-01-01: give a date such as "
                        . "'2024-01-31', turn the moment into a day by Calendar::days(), or write Day::date($day) for that day number",
                    1
                );
            }
            return $day;
        }
        $number = self::read($day);
        if ($number === null) {
            throw new ArgumentException("$name is '$day'; it must be a date that exists, such as '2024-01-31'", 1);
        }
        return $number;
    }

    /** The date of a day number, such as '2024-01-31'. */
    public static function iso(int $day): string
    {
        $date = retain_calendar_dates(null, 0, [$day], true, true, true);
        return sprintf('%04d-%02d-%02d', $date['year'][0], $date['month'][0], $date['day'][0]);
    }

    /** The day as an object: midnight UTC of that date. */
    public static function date(int $day): \DateTimeImmutable
    {
        return new \DateTimeImmutable('@' . $day * 86400);
    }

    /**
     * A column of days as the extension takes it: lists of dates and of DateTimeInterface become lists of numbers.
     *
     * @internal
     * @return array<mixed>|string|Column
     */
    public static function column(mixed $days, string $name): array|string|Column
    {
        $days = Columns::check($days, $name);
        if (!is_array($days) || $days === []) {
            return $days;
        }
        $first = $days[array_key_first($days)];
        if (!$first instanceof \DateTimeInterface && (!is_string($first) || is_numeric($first))) {
            return $days;
        }
        $known = $numbers = [];
        foreach ($days as $row => $day) {
            if (is_string($day)) {
                $number = $known[$day] ??= self::read($day);
            } else {
                $number = $day instanceof \DateTimeInterface ? self::read($day) : null;
            }
            if ($number === null) {
                $shown = is_string($day) ? "'$day'" : get_debug_type($day);
                throw Columns::withRow(
                    new DataException("{$name}[$row] is $shown; it must be a date that exists, such as '2024-01-31'", 2),
                    (int) $row
                );
            }
            $numbers[$row] = $number;
        }
        return $numbers;
    }

    /**
     * Ints that can hardly be day numbers are refused: when all of them look like dates written as yyyymmdd, or like Unix time.
     *
     * @internal
     * @param array<mixed>|string|Column $days
     * @param string $otherwise what to say when they are day numbers all the same
     */
    public static function refuseOtherNumbers(array|string|Column $days, string $name, string $otherwise = ''): void
    {
        $count = is_array($days) ? count($days) : Columns::count($days, Columns::INT64);
        if ($count === 0 || (is_array($days) && !array_is_list($days))) {
            return;
        }
        $first = is_string($days) ? unpack('q', $days)[1] : $days[0];
        $unit = self::unitOfMoments($first);
        if ($unit === null && !self::looksLikeDate($first)) {
            return;
        }
        foreach (Columns::list($days, Columns::INT64) as $day) {
            if ($unit === null ? !self::looksLikeDate($day) : self::unitOfMoments($day) === null) {
                return;
            }
        }
        [$what, $hint] = $unit === null
            ? ['dates written as yyyymmdd', "Give dates such as '2024-01-31'"]
            : ["Unix time in $unit", "Turn moments into days by Calendar::days(), or give dates such as '2024-01-31'"];
        $sentence = "{$name}[0] is $first, and all look like $what; ints are day numbers, days since 1970-01-01. $hint$otherwise";
        throw Columns::withRow(new DataException($sentence, 2), 0);
    }

    /** The unit in which a day number looks like Unix time: as a day it would lie beyond the year 275,000. */
    private static function unitOfMoments(mixed $day): ?string
    {
        if (!is_int($day) && !(is_string($day) && preg_match('/^\d{1,19}$/D', $day))) {
            return null;
        }
        return match (true) {
            $day < 10 ** 8 => null,
            $day < 10 ** 11 => 'seconds',
            $day < 10 ** 14 => 'milliseconds',
            $day < 10 ** 17 => 'microseconds',
            default => 'nanoseconds',
        };
    }

    private static function looksLikeDate(mixed $day): bool
    {
        if (!is_int($day) && !(is_string($day) && preg_match('/^\d+$/D', $day))) {
            return false;
        }
        $day = (int) $day;
        $month = intdiv($day, 100) % 100;
        return $day >= 18000101 && $day <= 22991231 && $month >= 1 && $month <= 12 && $day % 100 >= 1 && $day % 100 <= 31;
    }

    /** @internal the number of a date, or null when there is no such date */
    public static function read(string|\DateTimeInterface $day): ?int
    {
        if ($day instanceof \DateTimeInterface) {
            return (int) floor(($day->getTimestamp() + $day->getOffset()) / 86400);
        }
        $text = $day;
        if (!preg_match(self::DATE, $text, $part) || !checkdate((int) $part[2], (int) $part[3], (int) $part[1])) {
            return null;
        }
        return retain_calendar_numbers(null, 0, [(int) $part[1]], [(int) $part[2]], [(int) $part[3]], true)['days'][0];
    }
}
