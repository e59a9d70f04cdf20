<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Columns of instants that are on one clock, as whole numbers.
 *
 * Whole numbers are ticks of any clock; texts and DateTimeInterface become Unix seconds, times without a time zone as if they were of
 * UTC. Times with a time zone and times without one cannot be compared, nor can a day and an instant of a zone: they are refused
 * beside each other. Beside times, a day means its first second, and its last one where it is the end of something.
 *
 * @internal see Service
 */
final class Clock
{
    private const TICKS = 1;
    private const ZONED = 2;
    private const LOCAL = 4;
    private const DAYS = 8;
    private const WORDS = [
        self::TICKS => 'whole numbers',
        self::ZONED => 'times with a time zone',
        self::LOCAL => 'times without a time zone',
        self::DAYS => 'days',
    ];
    private const LAST_SECOND = 86399;

    private readonly Moments $moments;

    /** @var array<int, string> the first column of each kind */
    private array $seen = [];

    /** @var array<string, array<mixed>|string|Column|null> */
    private array $ticks = [];

    /** Last instant observed. */
    public readonly int $end;

    /**
     * @param array<string, mixed> $columns by name; null where a column is not given
     * @param string $start the column in which every row must be there; in the others null means "not yet"
     * @param ?string $until the column whose days last until their end
     */
    public function __construct(array $columns, string $start, int|string|\DateTimeInterface $end, ?string $until = null)
    {
        $this->moments = new Moments(new \DateTimeZone('UTC'));
        $days = [];
        foreach ($columns as $name => $column) {
            $this->ticks[$name] = $column === null ? null : $this->read(Columns::check($column, $name), $name, $name === $start, $days);
        }
        [$kind, $last] = $this->instant($end) ?? throw new ArgumentException(
            "observationEnd is '$end'; it must be a date-time such as '2024-05-01 08:00', or a whole number",
            1
        );
        $this->seen[$kind] ??= 'observationEnd';
        $this->refuseTwoClocks();
        $timed = isset($this->seen[self::LOCAL]);
        $this->end = $timed && $kind === self::DAYS ? $last + self::LAST_SECOND : $last;
        foreach ($timed && $until !== null ? $days[$until] ?? [] : [] as $row) {
            $this->ticks[$until][$row] += self::LAST_SECOND;
        }
    }

    /** @return array<mixed>|string|Column|null */
    public function column(string $name): array|string|Column|null
    {
        return $this->ticks[$name];
    }

    /**
     * Runs a call of the raw extension; where its sentence names seconds of texts or objects, the exception says the time.
     *
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    public function naming(callable $call): array
    {
        try {
            return $call();
        } catch (ArgumentException $refused) {
            $named = new ArgumentException(preg_replace('/^options\\./', '', $refused->getMessage()), 1);
            $named->row = $refused->row;
            throw $named;
        } catch (DataException $refused) {
            if (isset($this->seen[self::TICKS])) {
                throw $refused;
            }
            $time = static fn (array $part): string => gmdate('Y-m-d H:i:s', (int) $part[0]);
            $sentence = preg_replace_callback('/(?<=is |, |= |\()-?\d{6,11}(?![\d.])/', $time, $refused->getMessage());
            throw $refused->row === null ? new DataException($sentence, 2) : Columns::withRow(new DataException($sentence, 2), $refused->row);
        }
    }

    /**
     * @param array<mixed>|string|Column $column
     * @param array<string, list<int>> $days rows that are days, by column
     * @return array<mixed>|string|Column
     */
    private function read(array|string|Column $column, string $name, bool $isStart, array &$days): array|string|Column
    {
        if (!is_array($column)) {
            if (Columns::count($column, Columns::INT64) > 0) {
                $this->seen[self::TICKS] ??= $name;
            }
            return $column;
        }
        foreach ($column as $row => $moment) {
            if ($moment === null || $moment === Service::NOT_YET) {
                $column[$row] = $isStart ? throw $this->refusal($name, $row, 'is missing; every row needs one') : Service::NOT_YET;
            } elseif (is_string($moment) || $moment instanceof \DateTimeInterface) {
                [$kind, $column[$row]] = $this->instant($moment)
                    ?? throw $this->refusal($name, $row, "is '$moment'; it must be a date-time such as '2024-05-01 08:00', or a whole number");
                $this->seen[$kind] ??= $name;
                if ($kind === self::DAYS) {
                    $days[$name][] = $row;
                }
            } else {
                $this->seen[self::TICKS] ??= $name; // or nothing at all: the extension refuses it by name
            }
        }
        return $column;
    }

    /** @return array{int, int}|null kind and ticks */
    private function instant(int|string|\DateTimeInterface $moment): ?array
    {
        if (is_int($moment) || (is_string($moment) && preg_match('/^[+-]?\d+$/D', $moment))) {
            return [self::TICKS, (int) $moment];
        }
        $seconds = $this->moments->seconds($moment);
        if ($seconds === null) {
            return null;
        }
        $kind = match (true) {
            !is_string($moment) => self::ZONED,
            strlen($moment) === 10 => self::DAYS,
            preg_match('/[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/D', $moment) === 1 => self::LOCAL,
            default => self::ZONED,
        };
        return [$kind, $seconds];
    }

    /** Whole numbers may be Unix seconds beside moments; times without a zone, and days, are nothing but themselves. */
    private function refuseTwoClocks(): void
    {
        foreach ([self::TICKS, self::ZONED] as $one) {
            foreach ([self::LOCAL, self::DAYS] as $other) {
                if (isset($this->seen[$one], $this->seen[$other])) {
                    [$a, $b] = [$this->seen[$one], $this->seen[$other]];
                    [$these, $those] = [self::WORDS[$one], self::WORDS[$other]];
                    throw new ArgumentException("$a holds $these, $b $those; they must be of one clock", 1);
                }
            }
        }
    }

    private function refusal(string $name, int|string $row, string $what): \Throwable
    {
        return Columns::withRow(new DataException("{$name}[$row] $what", 2), (int) $row);
    }
}
