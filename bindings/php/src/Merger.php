<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * Appends order logs to each other.
 *
 * @internal see Orders::merge()
 */
final class Merger
{
    /** @param list<Orders> $parts */
    public static function merge(array $parts): Orders
    {
        if ($parts === []) {
            return new Orders('', '', '');
        }
        $names = self::commonNames($parts);
        return new Orders(
            self::customers($parts, $names),
            self::append($parts, 'day', Columns::INT64),
            self::append($parts, 'value', Columns::FLOAT64),
            self::append($parts, 'order', Columns::INT64),
            self::append($parts, 'cancelled', Columns::UINT8),
            self::multiples($parts),
            self::lows($parts),
            $names,
            dayNumbers: true,
        );
    }

    /**
     * @param list<Orders> $parts
     * @return ?list<string>
     */
    private static function commonNames(array $parts): ?array
    {
        $all = [];
        $named = 0;
        foreach ($parts as $part) {
            $named += $part->names !== null;
            $all[] = $part->names ?? [];
        }
        if ($named === 0) {
            return null;
        }
        if ($named !== count($parts)) {
            throw new ArgumentException('customers are ints in some of the logs, and strings in others', 1);
        }
        $names = array_unique(array_merge(...$all));
        sort($names, SORT_STRING);
        return $names;
    }

    /**
     * @param list<Orders> $parts
     * @param ?list<string> $names
     */
    private static function customers(array $parts, ?array $names): string
    {
        if ($names === null) {
            return self::append($parts, 'customer', Columns::INT64) ?? '';
        }
        $number = array_flip($names);
        $merged = Column::int64();
        foreach ($parts as $part) {
            foreach (Columns::list($part->customer, Columns::INT64) as $old) {
                $merged->push($number[$part->names[$old]]);
            }
        }
        return $merged->pack();
    }

    /** @param list<Orders> $parts */
    private static function append(array $parts, string $column, string $format): ?string
    {
        $given = array_filter($parts, static fn (Orders $part): bool => $part->$column !== null);
        if ($given === []) {
            return null;
        }
        if (count($given) !== count($parts)) {
            throw new ArgumentException("the column $column is given in some of the logs only", 1);
        }
        return implode('', array_map(static fn (Orders $part): string => Columns::pack($part->$column, $format), $parts));
    }

    /**
     * A log without `multiple` has one order in every row.
     *
     * @param list<Orders> $parts
     */
    private static function multiples(array $parts): ?string
    {
        return self::appendOr($parts, 'multiple', pack('d', 1.0));
    }

    /**
     * A log without `valueLow` has nothing below the last digit.
     *
     * @param list<Orders> $parts
     */
    private static function lows(array $parts): ?string
    {
        return self::appendOr($parts, 'valueLow', pack('d', 0.0));
    }

    /** @param list<Orders> $parts */
    private static function appendOr(array $parts, string $column, string $otherwise): ?string
    {
        $merged = '';
        $given = false;
        foreach ($parts as $part) {
            $given = $given || $part->$column !== null;
            $merged .= $part->$column === null
                ? str_repeat($otherwise, count($part))
                : Columns::pack($part->$column, Columns::FLOAT64);
        }
        return $given ? $merged : null;
    }
}
