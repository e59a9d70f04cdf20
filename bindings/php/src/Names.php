<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
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
        if (!self::areTexts($ids, $name)) {
            return [$ids, null];
        }
        $known = new self();
        $codes = [];
        foreach ($ids as $id) {
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
        if (!self::areTexts($ids, $name)) {
            return $ids;
        }
        $numbers = [];
        foreach ($ids as $row => $id) {
            $numbers[] = self::isBlank($id) ? throw self::blank($name, $row) : self::hash($id);
        }
        return $numbers;
    }

    /**
     * Are these ids a list of strings? Numeric strings in a list of ints would become numbers, '01' the number 1: a list of both is
     * refused.
     *
     * @param array<mixed>|string|Column $ids
     */
    public static function areTexts(array|string|Column $ids, string $name): bool
    {
        if (!is_array($ids) || $ids === [] || !array_is_list($ids)) {
            return false;
        }
        $named = is_string($ids[0]);
        foreach ($ids as $row => $id) {
            if ($named ? !is_string($id) : !is_int($id)) {
                throw self::mixed($name, $row, $id);
            }
        }
        return $named;
    }

    /**
     * Ids that one side writes '00001' and the other '1' are hardly two customers: whoever is unknown as he is written must not be
     * known in another form.
     *
     * @param list<mixed> $ids strings
     * @param array<array-key, mixed> $known by id
     * @param string $whose who knows them, in words
     */
    public static function refuseOtherForms(array $ids, array $known, string $name, string $whose): void
    {
        $forms = null;
        foreach ($ids as $row => $id) {
            if (isset($known[$id])) {
                continue;
            }
            if ($forms === null) {
                $forms = [];
                foreach (array_keys($known) as $other) {
                    $forms[self::plain((string) $other)] = $other;
                }
            }
            $other = $forms[self::plain($id)] ?? null;
            if ($other !== null) {
                throw Columns::withRow(new DataException("{$name}[$row] is '$id', which $whose '$other'; write ids in one form", 2), $row);
            }
        }
    }

    /** An id without blanks around it, a number without leading zeros and '.0'. */
    private static function plain(string $id): string
    {
        $id = trim($id);
        return preg_match('/^0*(\d+)(?:\.0+)?$/D', $id, $part) ? $part[1] : $id;
    }

    /** An id of another type than those it is looked up among. */
    public static function otherType(string $name, int $row, mixed $id, string $whose): DataException
    {
        $exception = new DataException("{$name}[$row] is " . get_debug_type($id) . "; $whose", 2);
        $exception->row = $row;
        return $exception;
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

    public static function blankCustomer(string|int $name, int $row): DataException
    {
        $exception = new DataException(
            "{$name}[$row] is blank; all rows with the same id are one customer, and all guests would be the shop's best. Leave their "
                . 'rows out, or give each guest an id, such as the e-mail address',
            2
        );
        $exception->row = $row;
        return $exception;
    }

    /**
     * @param list<string> $ids one for each row
     * @param list<string> $names each once
     */
    public static function refuseBlankCustomers(array $ids, array $names, string $name): void
    {
        foreach ($names as $blank) {
            if (self::isBlank($blank)) {
                throw self::blankCustomer($name, (int) array_search($blank, $ids, true));
            }
        }
    }

    /**
     * Runs a call of the raw extension on rows of customers with these labels, by their codes; where its sentence names a customer by his
     * code, the exception says the label.
     *
     * @param list<int|string> $labels
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    public static function namingCustomers(array $labels, callable $call): array
    {
        try {
            return $call();
        } catch (DataException $refused) {
            $label = static fn (array $at): string => is_string($labels[(int) $at[0]]) ? "'{$labels[(int) $at[0]]}'" : (string) $labels[(int) $at[0]];
            $sentence = (string) preg_replace_callback('/(?<=\bare both of customer )\d+(?=,)/', $label, $refused->getMessage());
            throw $refused->row === null ? $refused : Columns::withRow(new DataException($sentence, 2), $refused->row);
        }
    }

    /**
     * Runs a call of the raw extension; where its sentence speaks of an argument by its name there, the exception says the caller's.
     *
     * @param array<string, string> $names the caller's by those of the extension
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    public static function renamed(array $names, callable $call): array
    {
        try {
            return $call();
        } catch (ArgumentException | DataException $refused) {
            $pattern = '/(?:^|(?<=, ))(?:' . implode('|', array_keys($names)) . ')(?=\[| has | is )/';
            $sentence = (string) preg_replace_callback($pattern, static fn (array $at): string => $names[$at[0]], $refused->getMessage());
            $named = new ($refused::class)($sentence, $refused->getCode());
            $named->row = $refused->row;
            throw $named;
        }
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
