<?php

declare(strict_types=1);

namespace Retain;

/**
 * Reads moments: Unix seconds, objects, and the texts that databases hold. Remembers dates, of which there are few among many
 * moments.
 *
 * Unix seconds may be text, as mysqli returns them, when they have nine to eleven digits (from 1973 on): fewer would take a date
 * such as 20240131 for a moment of 1970.
 *
 * @internal see Calendar::days()
 */
final class Moments
{
    private const TEXT = '/^(\d{4}-\d\d-\d\d)(?:[ T]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d|60)(?:\.\d+)?)?)?$/D';
    private const DATES_REMEMBERED = 20000;

    private readonly bool $plain;

    /** @var array<string, ?int> day numbers */
    private array $days = [];

    /** @param \DateTimeZone $zone in which texts without offset were written */
    public function __construct(private readonly \DateTimeZone $zone)
    {
        $this->plain = $zone->getName() === 'UTC';
    }

    /** Unix seconds of a moment, or null when it is none. */
    public function seconds(mixed $moment): ?int
    {
        if (is_int($moment)) {
            return $moment;
        }
        if (is_string($moment)) {
            return $this->read($moment);
        }
        return $moment instanceof \DateTimeInterface ? $moment->getTimestamp() : null;
    }

    /** Day number of a date such as '2024-01-31', or null when there is no such date. */
    public function day(string $date): ?int
    {
        if (!array_key_exists($date, $this->days)) {
            if (count($this->days) >= self::DATES_REMEMBERED) {
                $this->days = [];
            }
            $this->days[$date] = Day::read($date);
        }
        return $this->days[$date];
    }

    private function read(string $text): ?int
    {
        if (!preg_match(self::TEXT, $text, $part)) {
            return preg_match('/^\d{9,11}$/D', $text) ? (int) $text : self::readWithOffset($text);
        }
        $day = $this->day($part[1]);
        if ($day === null) {
            return null;
        }
        if (!$this->plain) {
            return (new \DateTimeImmutable($text, $this->zone))->getTimestamp();
        }
        return $day * 86400 + (int) ($part[2] ?? 0) * 3600 + (int) ($part[3] ?? 0) * 60 + (int) ($part[4] ?? 0);
    }

    private static function readWithOffset(string $text): ?int
    {
        $text = preg_replace(
            ['/Z$/D', '/\.\d+(?=[+-])/', '/^(\d{4}-\d\d-\d\d) /', '/^(.{10}T\d\d:\d\d)(?=[+-])/'],
            ['+00:00', '', '$1T', '$1:00'],
            $text
        );
        $read = \DateTimeImmutable::createFromFormat(\DateTimeInterface::ATOM, $text);
        $faults = \DateTimeImmutable::getLastErrors();
        return $read && !($faults && $faults['warning_count']) ? $read->getTimestamp() : null;
    }
}
