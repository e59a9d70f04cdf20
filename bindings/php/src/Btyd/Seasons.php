<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Calendar;
use Retain\CalendarSystem;
use Retain\Columns;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * What is the same for all customers, and changes with the calendar: months, holidays, campaigns.
 *
 *     $seasons = Seasons::months('2022-01-01', '2025-12-31')
 *         ->and(Seasons::holidays('2022-01-01', '2025-12-31', ['nowruz' => [['2024-03-15', '2024-04-01'], ['2025-03-15', '2025-04-01']]]));
 *     $histories = Histories::of($orders, '2024-12-31', unitDays: 7, seasons: $seasons);
 */
final readonly class Seasons
{
    /** @var list<int> day numbers on which something changes, ascending */
    public array $start;

    /** @var array<string, list<float>> by name, the value from each of these days on */
    public array $columns;

    /** Last day, itself included, for which that is known. */
    public int $until;

    /**
     * @param mixed $start days on which something changes, ascending: list<int>|string|Column of day numbers, or a list of dates; the
     *        first not after any customer's first purchase
     * @param array<string, mixed> $columns by name, the value from each of these days on: list<int|float>|string|Column of finite numbers
     * @param int|string|\DateTimeInterface $until last day, itself included, for which that is known: forecasts cannot go beyond
     */
    public function __construct(mixed $start, array $columns, int|string|\DateTimeInterface $until)
    {
        $this->start = Columns::list(Day::column($start, 'start'), Columns::INT64);
        $this->until = Day::of($until, 'until');
        if ($this->start === [] || $columns === []) {
            throw new ArgumentException('seasons need at least one day and one column', 1);
        }
        foreach ($this->start as $k => $day) {
            if ($k > 0 && $day <= $this->start[$k - 1]) {
                throw new ArgumentException("start[$k] is not after the day before it; days must ascend", 1);
            }
        }
        foreach ($columns as $name => $column) {
            $values[$name] = Columns::numbers($column, "columns['$name']");
            if (count($values[$name]) !== count($this->start)) {
                $found = count($values[$name]);
                throw new ArgumentException("columns['$name'] has $found rows, start has " . count($this->start) . '; they must have as many', 1);
            }
            foreach ($values[$name] as $k => $value) {
                if (!is_finite($value)) {
                    throw Columns::withRow(new DataException("columns['$name'][$k] is " . (is_nan($value) ? 'NaN' : 'infinite') . '; it must be finite', 2), $k);
                }
            }
        }
        if ($this->until < $this->start[0]) {
            throw new ArgumentException(
                'until is ' . self::text($this->until) . '; it must not be before the first day, ' . self::text($this->start[0]),
                1
            );
        }
        $this->columns = $values;
    }

    /**
     * A dummy for each month of the year but one, against which the others are measured: month_2 ... month_12.
     *
     * @param int|string|\DateTimeInterface $first first day that must be covered: not after the earliest first purchase
     * @param int|string|\DateTimeInterface $last last one: the end of all forecasts
     * @param int $base the month left out
     */
    public static function months(
        int|string|\DateTimeInterface $first,
        int|string|\DateTimeInterface $last,
        CalendarSystem $system = CalendarSystem::Gregorian,
        int $base = 1,
    ): self {
        if ($base < 1 || $base > 12) {
            throw new ArgumentException("base is $base; it must be a month, 1 to 12", 1);
        }
        $calendar = new Calendar('UTC', $system);
        $edges = array_slice($calendar->periods($first, $last)->edges, 0, -1);
        $months = $calendar->dates($edges)['month'];
        foreach (array_diff(range(1, 12), [$base]) as $month) {
            $columns["month_$month"] = array_map(static fn (int $of): float => $of === $month ? 1.0 : 0.0, $months);
        }
        return new self($edges, $columns, $last);
    }

    /**
     * A dummy for each kind of holiday, sale or campaign.
     *
     * @param int|string|\DateTimeInterface $first first day that must be covered
     * @param int|string|\DateTimeInterface $last last one
     * @param array<string, list<array{int|string|\DateTimeInterface, int|string|\DateTimeInterface}>> $periods by name, the periods
     *        that it lasts: pairs of a first and a last day, both included
     */
    public static function holidays(
        int|string|\DateTimeInterface $first,
        int|string|\DateTimeInterface $last,
        array $periods,
    ): self {
        [$begin, $end] = [Day::of($first, 'first'), Day::of($last, 'last')];
        if ($end < $begin) {
            throw new ArgumentException('first is ' . self::text($begin) . '; it must not be after last, ' . self::text($end), 1);
        }
        $changes = [$begin => true];
        $spans = [];
        foreach ($periods as $name => $pairs) {
            $spans[$name] = [];
            foreach (is_array($pairs) ? $pairs : [$pairs] as $pair) {
                if (!is_array($pair) || array_keys($pair) !== [0, 1]) {
                    throw new ArgumentException("periods[$name] must be a list of pairs of a first and a last day", 1);
                }
                $spans[$name][] = $span = [Day::of($pair[0], "periods[$name]"), Day::of($pair[1], "periods[$name]")];
                if ($span[1] < $span[0]) {
                    throw new ArgumentException("periods[$name] has a period that ends before it begins", 1);
                }
                $changes[$span[0]] = $changes[$span[1] + 1] = true;
            }
            if (array_filter($spans[$name], static fn (array $span): bool => $span[0] <= $end && $span[1] >= $begin) === []) {
                throw new ArgumentException(
                    "periods[$name] has no day from " . self::text($begin) . ' to ' . self::text($end) . ': its column would be 0 throughout',
                    1
                );
            }
        }
        $days = array_values(array_filter(array_keys($changes), static fn (int $day): bool => $day >= $begin && $day <= $end));
        sort($days);
        $columns = [];
        foreach ($spans as $name => $pairs) {
            $columns[$name] = array_map(static function (int $day) use ($pairs): float {
                foreach ($pairs as [$from, $to]) {
                    if ($from <= $day && $day <= $to) {
                        return 1.0;
                    }
                }
                return 0.0;
            }, $days);
        }
        return new self($days, $columns, $last);
    }

    /** The columns of both. */
    public function and(self $other): self
    {
        foreach (array_intersect_key($other->columns, $this->columns) as $name => $column) {
            throw new ArgumentException("both seasons have a column '$name'", 1);
        }
        [$begin, $end] = [max($this->start[0], $other->start[0]), min($this->until, $other->until)];
        if ($end < $begin) {
            throw new ArgumentException(
                'the seasons have no day in common: one begins on ' . self::text($begin) . ', the other ends on ' . self::text($end),
                1
            );
        }
        $days = array_values(array_filter(
            array_unique([...$this->start, ...$other->start], SORT_NUMERIC),
            static fn (int $day): bool => $day >= $begin
        ));
        sort($days);
        return new self($days, $this->at($days) + $other->at($days), $end);
    }

    private static function text(int $day): string
    {
        return Day::date($day)->format('Y-m-d');
    }

    /**
     * @param list<int> $days ascending, none before the first
     * @return array<string, list<float>>
     */
    private function at(array $days): array
    {
        $places = [];
        $place = 0;
        foreach ($days as $day) {
            while (($this->start[$place + 1] ?? PHP_INT_MAX) <= $day) {
                $place++;
            }
            $places[] = $place;
        }
        return array_map(
            static fn (array $column): array => array_map(static fn (int $place): float => $column[$place], $places),
            $this->columns
        );
    }
}
