<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;

/**
 * Ids that are text, as the numbers that the library counts with: numbers are given in the order of the bytes of the names, so
 * that results do not depend on the order of the rows.
 *
 * @internal
 */
final class Names
{
    /** @var array<array-key, int> */
    private array $codes = [];

    /** @var list<string> */
    private array $names = [];

    /** A number for a name, by first appearance: renumber() gives the final ones. */
    public function code(string $name): int
    {
        if (!isset($this->codes[$name])) {
            $this->codes[$name] = count($this->names);
            $this->names[] = $name;
        }
        return $this->codes[$name];
    }

    /**
     * The names in their order, and the final number of each preliminary one.
     *
     * @return array{list<string>, list<int>}
     */
    public function finish(): array
    {
        $names = $this->names;
        asort($names, SORT_STRING);
        $final = [];
        foreach (array_keys($names) as $number => $preliminary) {
            $final[$preliminary] = $number;
        }
        return [array_values($names), $final];
    }

    /**
     * A list of text ids as numbers and names; other columns as they are, with null for the names.
     *
     * @return array{array<mixed>|string|Column, ?list<string>}
     */
    public static function factorise(mixed $ids, string $name): array
    {
        $ids = Columns::check($ids, $name);
        if (!is_array($ids) || $ids === [] || !is_string($ids[array_key_first($ids)]) || !array_is_list($ids)) {
            return [$ids, null];
        }
        $known = new self();
        $codes = [];
        foreach ($ids as $row => $id) {
            if (!is_string($id)) {
                throw self::mixed($name, $row, $id);
            }
            $codes[] = $known->code($id);
        }
        [$names, $final] = $known->finish();
        foreach ($codes as $row => $code) {
            $codes[$row] = $final[$code];
        }
        return [$codes, $names];
    }

    /**
     * Text ids of orders as 64-bit numbers that are the same in every log, so that logs can be merged; other columns as they
     * are. An order id has to be unique within its customer only, among whose orders two equal hashes are not to be expected in
     * the life of the universe.
     *
     * @return array<mixed>|string|Column
     */
    public static function hashAll(mixed $ids, string $name): array|string|Column
    {
        $ids = Columns::check($ids, $name);
        if (!is_array($ids) || $ids === [] || !is_string($ids[array_key_first($ids)]) || !array_is_list($ids)) {
            return $ids;
        }
        $numbers = [];
        foreach ($ids as $row => $id) {
            if (!is_string($id)) {
                throw self::mixed($name, $row, $id);
            }
            $numbers[] = self::isBlank($id) ? throw self::blank($name, $row) : self::hash($id);
        }
        return $numbers;
    }

    public static function isBlank(string $id): bool
    {
        return trim($id) === '';
    }

    public static function blank(string|int $name, int $row): DataException
    {
        $exception = new DataException(
            "{$name}[$row] is blank; rows of a customer with the same id are one order, so every row needs an id of its order. "
                . 'Leave the ids out when every row is an order',
            2
        );
        $exception->row = $row;
        return $exception;
    }

    public static function hash(string $id): int
    {
        return unpack('q', hash('xxh3', $id, true))[1];
    }

    public static function mixed(string $name, int $row, mixed $id): DataException
    {
        $exception = new DataException(
            "{$name}[$row] is " . get_debug_type($id) . '; ids must be all ints or all strings',
            2
        );
        $exception->row = $row;
        return $exception;
    }
}
