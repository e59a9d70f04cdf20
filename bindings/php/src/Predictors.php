<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * What is known of each customer, from which something else is to be told: columns of numbers by name, as many rows in each.
 * NAN, or null in a list, where something is not known. Yes and no are 1 and 0.
 */
final class Predictors implements \Countable
{
    /** @var array<string, array<mixed>|string|Column> */
    private readonly array $columns;

    private readonly int $rows;

    /** @param array<string, mixed> $columns by name: lists, packed strings or Retain\Column */
    public function __construct(array $columns)
    {
        if ($columns === [] || array_is_list($columns)) {
            throw new ArgumentException("columns must be columns by name: ['recency' => [...], 'orders' => [...]]", 1);
        }
        $checked = [];
        foreach ($columns as $name => $column) {
            $column = Columns::check($column, "columns['$name']");
            $checked[(string) $name] = is_array($column) ? self::numbers($column, (string) $name) : $column;
        }
        Columns::sameLength($checked, array_fill_keys(array_keys($checked), Columns::FLOAT64));
        $this->columns = $checked;
        $this->rows = Columns::count(reset($checked), Columns::FLOAT64);
    }

    /** @return list<string> names of the columns */
    public function names(): array
    {
        return array_map('strval', array_keys($this->columns));
    }

    /** Number of rows. */
    public function count(): int
    {
        return $this->rows;
    }

    /**
     * The column, when it has as many rows.
     *
     * @internal
     * @return array<mixed>|string|Column
     */
    public function beside(mixed $column, string $name, string $format = Columns::FLOAT64): array|string|Column
    {
        $column = Columns::check($column, $name);
        $rows = Columns::count($column, $format);
        if ($rows !== $this->rows) {
            throw new ArgumentException("$name has $rows rows, predictors have $this->rows; they must have as many", 1);
        }
        if ($rows === 0) {
            throw new ArgumentException('predictors have no rows; a regression needs some to be fitted to', 1);
        }
        return $column;
    }

    /**
     * The columns of these names, one after the other: what the extension reads.
     *
     * @internal
     * @param list<string>|null $names
     * @return list<float|int>|string
     */
    public function block(?array $names = null): array|string
    {
        $columns = [];
        foreach ($names ?? $this->names() as $name) {
            $columns[] = $this->columns[$name] ?? throw new ArgumentException(
                "predictors have no column '$name'; they have " . implode(', ', $this->names()),
                1
            );
        }
        foreach ($columns as $column) {
            if (!is_array($column)) {
                return implode('', array_map(static fn ($one): string => Columns::pack($one, Columns::FLOAT64), $columns));
            }
        }
        return array_merge(...$columns);
    }

    /**
     * A sentence of the C library, which knows predictors by their number, with their names.
     *
     * @internal
     * @param list<string> $names
     */
    public static function nameIn(string $sentence, array $names): string
    {
        return (string) preg_replace_callback(
            '/\bx(\d{1,2})\b/',
            static fn (array $found): string => $names[(int) $found[1]] ?? $found[0],
            $sentence
        );
    }

    /**
     * @param array<mixed> $column
     * @return list<float|int>
     */
    private static function numbers(array $column, string $name): array
    {
        if (!array_is_list($column)) {
            throw new ArgumentException("columns['$name'] has other keys than 0, 1, 2 ...; array_values() drops keys", 1);
        }
        foreach ($column as $row => $value) {
            if ($value === null) {
                $column[$row] = NAN;
            } elseif (is_bool($value)) {
                $column[$row] = (int) $value;
            } elseif (!is_int($value) && !is_float($value)) {
                $said = is_string($value) ? '"' . substr($value, 0, 40) . '"' : get_debug_type($value);
                throw Columns::withRow(new DataException("columns['$name'][$row] is $said; it must be a number", 2), $row);
            }
        }
        return $column;
    }
}
