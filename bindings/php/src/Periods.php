<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * Consecutive periods: what Calendar::periods() makes, and what retention rates and cohorts are counted by.
 *
 * Period k holds the days in [edges[k], edges[k + 1]).
 */
final readonly class Periods extends Value implements \Countable
{
    /**
     * @param list<int> $edges ascending day numbers, one more than there are periods
     * @param ?Period $period their kind; null for edges of your own
     */
    public function __construct(
        public array $edges,
        public ?Period $period = null,
        public int $step = 1,
        public CalendarSystem $system = CalendarSystem::Gregorian,
    ) {
        Columns::positive($step, 'step');
        if (!array_is_list($edges)) {
            throw new ArgumentException('edges has other keys than 0, 1, 2 ...; give a list (array_values() makes one)', 1);
        }
        Day::refuseOtherNumbers($edges, 'edges');
        foreach ($edges as $k => $edge) {
            if (!is_int($edge)) {
                throw new ArgumentException("edges[$k] is " . get_debug_type($edge) . '; it must be a day number (Periods::between() takes dates)', 1);
            }
            if ($k > 0 && $edge <= $edges[$k - 1]) {
                throw new ArgumentException("edges[$k] is $edge; it must be later than the edge before it, {$edges[$k - 1]}", 1);
            }
        }
    }

    /** Periods from edges of your own: days in ascending order, as day numbers, dates ('2024-01-31') or DateTimeInterface. */
    public static function between(int|string|\DateTimeInterface ...$edges): self
    {
        return new self(array_map(Day::of(...), array_values($edges)));
    }

    /** Number of periods. */
    public function count(): int
    {
        return max(0, count($this->edges) - 1);
    }

    /** Number of the period that holds a day, or null when none does. */
    public function containing(int|string|\DateTimeInterface $day): ?int
    {
        $day = Day::of($day);
        foreach ($this->edges as $k => $edge) {
            if ($day < $edge) {
                return $k === 0 ? null : $k - 1;
            }
        }
        return null;
    }

    /**
     * A name for each period: '2024', '2024-Q1', '2024-01' in the periods' own calendar; for weeks, days, longer steps and edges
     * of your own the date of the first day.
     *
     * @return list<string>
     */
    public function labels(): array
    {
        $starts = array_slice($this->edges, 0, $this->count());
        if ($starts === []) {
            return [];
        }
        $date = retain_calendar_dates(null, $this->system->value, $starts, true, true, true);
        $kind = $this->step === 1 ? $this->period : null;
        return array_map(
            static fn (int $year, int $month, int $day): string => match ($kind) {
                Period::Year => sprintf('%04d', $year),
                Period::Quarter => sprintf('%04d-Q%d', $year, intdiv($month + 2, 3)),
                Period::Month => sprintf('%04d-%02d', $year, $month),
                default => sprintf('%04d-%02d-%02d', $year, $month, $day),
            },
            $date['year'],
            $date['month'],
            $date['day']
        );
    }
}
