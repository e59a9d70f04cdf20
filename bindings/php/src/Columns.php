<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Exception\MemoryException;
use Retain\Exception\RetainException;

/**
 * What the classes of this library do with columns, whatever their kind: list, packed string or Retain\Column.
 *
 * @internal
 */
final class Columns
{
    /** Formats of pack() for the three elements. */
    public const INT64 = 'q';
    public const FLOAT64 = 'd';
    public const UINT8 = 'C';

    /**
     * The value, when it is a column. Parameters that take columns are declared `mixed`, because PHP would turn an int or an
     * object into a string for a parameter that may be one, and eight digits into a packed number.
     *
     * @return array<mixed>|string|Column
     */
    public static function check(mixed $value, string $name): array|string|Column
    {
        if (is_array($value) || is_string($value) || $value instanceof Column) {
            return $value;
        }
        throw new ArgumentException(
            "$name is " . get_debug_type($value) . '; it must be a list, a packed string or a Retain\Column',
            1
        );
    }

    /** @return array<mixed>|string|Column|null */
    public static function checkOptional(mixed $value, string $name): array|string|Column|null
    {
        return $value === null ? null : self::check($value, $name);
    }

    /**
     * Number of rows.
     *
     * @param array<mixed>|string|Column $column
     */
    public static function count(array|string|Column $column, string $format): int
    {
        if (is_string($column)) {
            return intdiv(strlen($column), $format === self::UINT8 ? 1 : 8);
        }
        return count($column);
    }

    /**
     * All columns of a result of the extension, as lists in their order; its record is left out.
     *
     * @param array<string, mixed> $result
     * @return list<list<float>>
     */
    public static function lists(array $result): array
    {
        unset($result['record']);
        return array_map(static fn (mixed $column): array => self::list($column, self::FLOAT64), array_values($result));
    }

    /**
     * The column as a list.
     *
     * @param array<mixed>|string|Column $column
     * @return list<int|float>
     */
    public static function list(array|string|Column $column, string $format): array
    {
        if (is_string($column)) {
            $width = $format === self::UINT8 ? 1 : 8;
            if (strlen($column) % $width !== 0) {
                throw new ArgumentException('a packed string has ' . strlen($column) . " bytes; it must have $width for every row", 1);
            }
            return $column === '' ? [] : array_values(unpack($format . '*', $column) ?: []);
        }
        return $column instanceof Column ? $column->toArray() : $column;
    }

    /**
     * The column as a packed string.
     *
     * @param array<mixed>|string|Column $column
     */
    public static function pack(array|string|Column $column, string $format): string
    {
        if (is_string($column)) {
            return $column;
        }
        if (is_array($column)) {
            $column = match ($format) {
                self::INT64 => Column::int64($column),
                self::FLOAT64 => Column::float64($column),
                default => Column::uint8($column),
            };
        }
        return $column->pack();
    }

    /**
     * A list of n * n cells as n rows.
     *
     * @template T
     * @param list<T> $cells
     * @return list<list<T>>
     */
    public static function square(array $cells, int $size): array
    {
        return $size === 0 ? [] : array_chunk($cells, $size);
    }

    /**
     * A matrix, one row per customer, as one column and the length of a row.
     *
     * @param mixed $cells list of lists; or, when $width is given, a column that holds row after row
     * @return array{array<mixed>|string|Column, int}
     */
    public static function matrix(mixed $cells, ?int $width, string $name, string $widthName): array
    {
        if ($width !== null || !is_array($cells)) {
            return [self::check($cells, $name), $width ?? throw new ArgumentException("$widthName is missing; it is required", 1)];
        }
        if (!array_is_list($cells)) {
            throw new ArgumentException("$name has other keys than 0, 1, 2 ...; give one list per customer (array_values() drops keys)", 1);
        }
        $width = is_array($cells[0] ?? null) ? count($cells[0]) : 0;
        foreach ($cells as $i => $row) {
            if (is_array($row) && !array_is_list($row)) {
                throw new ArgumentException("{$name}[$i] has other keys than 0, 1, 2 ...; give its values alone, in the order of the columns", 1);
            }
            if (!is_array($row) || count($row) !== $width) {
                $what = is_array($row) ? 'has ' . count($row) . ' values' : 'is ' . get_debug_type($row);
                throw new ArgumentException("{$name}[$i] $what; it must be a list of $width, as the first row is", 1);
            }
        }
        return [array_merge(...$cells), $width];
    }

    /**
     * Runs a call of the raw extension that takes a matrix; where its sentence names a cell by its number, the exception says customer
     * and column.
     *
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    public static function namingCells(string $name, int $width, callable $call): array
    {
        try {
            return $call();
        } catch (DataException $refused) {
            $cell = static fn (array $part): string => sprintf('%s[%d][%d]', $name, intdiv((int) $part[1], $width), (int) $part[1] % $width);
            $sentence = $width > 0 ? preg_replace_callback("/^{$name}\\[(\\d+)\\]/", $cell, $refused->getMessage()) : $refused->getMessage();
            $named = new DataException($sentence, 2);
            $named->row = $refused->row;
            throw $named;
        }
    }

    /**
     * A column of ints as a list; whatever is none is refused by name.
     *
     * @return list<int>
     */
    public static function ints(mixed $column, string $name): array
    {
        $column = self::check($column, $name);
        if (is_string($column) && strlen($column) % 8 !== 0) {
            throw new ArgumentException("$name is a string of " . strlen($column) . ' bytes; a packed string of ints has 8 a row', 1);
        }
        if (is_string($column)) {
            return self::list($column, self::INT64);
        }
        if ($column instanceof Column) {
            $column = $column->toArray();
        }
        if (!array_is_list($column)) {
            throw new ArgumentException("$name is an array that is no list; give the values alone", 1);
        }
        foreach ($column as $row => $value) {
            if (!is_int($value)) {
                throw self::withRow(new DataException("{$name}[$row] is " . get_debug_type($value) . '; it must be an int', 2), $row);
            }
        }
        return $column;
    }

    /**
     * A column of numbers as a list of floats; whatever is none is refused by name.
     *
     * @return list<float>
     */
    public static function numbers(mixed $column, string $name): array
    {
        $column = self::check($column, $name);
        if (is_string($column) && strlen($column) % 8 !== 0) {
            throw new ArgumentException("$name is a string of " . strlen($column) . ' bytes; a packed string of floats has 8 a row', 1);
        }
        if (!is_array($column)) {
            return array_map(floatval(...), self::list($column, self::FLOAT64));
        }
        try {
            return Column::float64($column)->toArray();
        } catch (ArgumentException | DataException $refused) {
            $sentence = preg_replace_callback('/^values/', static fn (): string => $name, $refused->getMessage());
            $named = $refused instanceof DataException ? new DataException($sentence, 2) : new ArgumentException($sentence, 1);
            $named->row = $refused->row;
            throw $named;
        }
    }

    /** A name of the C library as this one writes it: first_contact_rate is firstContactRate. */
    public static function camel(string $name): string
    {
        return lcfirst(str_replace('_', '', ucwords($name, '_')));
    }

    /** NaN, which JSON does not know, as null; arrays all through. */
    public static function forJson(mixed $value): mixed
    {
        if (is_array($value)) {
            return array_map(self::forJson(...), $value);
        }
        if ($value instanceof Column) {
            return self::forJson($value->toArray());
        }
        return is_float($value) && !is_finite($value) ? null : $value;
    }

    /** Zero means "the default" in the library's options; whoever writes it in PHP means something else. */
    public static function positive(float $value, string $name): float
    {
        if ($value > 0) {
            return $value;
        }
        throw new ArgumentException(sprintf('%s is %.15G; it must be positive', $name, $value), 1);
    }

    /** Days in a unit of time. */
    public static function days(float $value, string $name): float
    {
        return is_infinite($value) ? throw new ArgumentException("$name is $value; it must be finite", 1) : self::positive($value, $name);
    }

    /**
     * A number that is written in an array: text is none.
     *
     * @param mixed $value int|float
     */
    public static function number(mixed $value, string $name): float
    {
        return is_int($value) || is_float($value)
            ? (float) $value
            : throw new ArgumentException("$name must be a number, not " . get_debug_type($value), 1);
    }

    /** A level of intervals: 95 is hardly meant, and 0 would be the default. */
    public static function level(float $level): float
    {
        if ($level > 0.0 && $level < 1.0) {
            return $level;
        }
        throw new ArgumentException(sprintf('level is %.15G; it must lie between 0 and 1: 0.95 for intervals of 95 %%', $level), 1);
    }

    /**
     * PHP ends a process that goes beyond its memory limit; what is foreseen becomes an exception. The columns of the extension and
     * the lists that are made of them are there at the same time.
     *
     * @param float $values numbers in the result
     * @param float $lists lists that hold them
     */
    public static function refuseBeyondMemory(float $values, float $lists, string $what): void
    {
        $limit = ini_parse_quantity((string) ini_get('memory_limit'));
        if ($limit > 0 && $values * 36.0 + $lists * 80.0 > $limit - memory_get_usage(true)) {
            throw new MemoryException(sprintf('the memory limit leaves no room for the %.0f numbers of %s', $values, $what), 4);
        }
    }

    /** The same for whole numbers. */
    public static function positiveInt(int $value, string $name): int
    {
        return $value > 0 ? $value : throw new ArgumentException("$name is $value; it must be positive", 1);
    }

    /** A parameter of a model: NaN stands for one that a fit could not find, and every use of it is refused. */
    public static function parameter(float $value, string $name): void
    {
        if (!is_nan($value) && !($value > 0.0 && $value < INF)) {
            throw new ArgumentException(sprintf('%s is %.15G; it must be positive and finite', $name, $value), 1);
        }
    }

    /**
     * Columns beside each other have one length; those that are null are not there.
     *
     * @param array<string, array<mixed>|string|Column|null> $columns the first gives the length
     * @param array<string, string> $formats by name; FLOAT64 where nothing is said
     */
    public static function sameLength(array $columns, array $formats = []): void
    {
        $first = array_key_first($columns);
        foreach ($columns as $name => $column) {
            if ($column !== null) {
                $rows = self::count($column, $formats[$name] ?? self::FLOAT64);
                $want ??= $rows;
                if ($rows !== $want) {
                    throw new ArgumentException("$name has $rows rows, $first has $want; they must have as many", 1);
                }
            }
        }
    }

    /** An exception of the library's kind, with its row. */
    public static function withRow(RetainException $exception, int $row): RetainException
    {
        $exception->row = $row;
        return $exception;
    }
}
