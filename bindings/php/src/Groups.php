<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * An attribute of each customer: country, channel, first product. Metrics that compare groups of customers take one.
 *
 *     $country = new Groups(['ann' => 'IR', 'bob' => 'DE', 'eve' => 'IR']);
 *     $country->labels;                     // ['DE', 'IR']: results are in this order
 *
 * Every customer with an occasion needs a label; customers whom the log does not know do no harm.
 */
final readonly class Groups implements \Countable
{
    /** @var list<int|string> labels in ascending order (strings: of their bytes) */
    public array $labels;

    /** @var array<array-key, int> number of the label by customer */
    private array $numberOf;

    /** are the customers strings? null where the keys of an array, which PHP makes ints of, do not tell */
    private ?bool $named;

    /**
     * @param array<array-key, int|string> $labelOf label by customer; labels are all ints or all strings
     * @param ?bool $namedCustomers internal: are the customers strings?
     * @throws DataException for a label that is neither, or of another type than the first
     */
    public function __construct(array $labelOf, ?bool $namedCustomers = null)
    {
        $this->named = $namedCustomers;
        $labels = [];
        $named = null;
        foreach ($labelOf as $customer => $label) {
            $named ??= is_string($label);
            if ($named ? !is_string($label) : !is_int($label)) {
                $type = get_debug_type($label);
                throw new DataException("the label of '$customer' is $type; labels must be all ints or all strings", 2);
            }
            $labels[$label] = true;
        }
        $labels = array_keys($labels);
        sort($labels, $named ? SORT_STRING : SORT_NUMERIC);
        $this->labels = $named ? array_map(strval(...), $labels) : $labels;
        $numbers = array_flip($labels);
        $this->numberOf = array_map(static fn (int|string $label): int => $numbers[$label], $labelOf);
    }

    /**
     * From two columns: customers, each once, and their labels.
     *
     * @param mixed $customer list<int>|string|Column, or list<string>
     * @param mixed $label list<int>|string|Column, or list<string>
     */
    public static function of(mixed $customer, mixed $label): self
    {
        $customers = self::values($customer, 'customer');
        $labels = self::values($label, 'label');
        if (count($customers) !== count($labels)) {
            throw new ArgumentException('label has ' . count($labels) . ' rows, customer has ' . count($customers), 1);
        }
        $labelOf = [];
        $named = Names::areTexts($customers, 'customer');
        foreach ($customers as $row => $id) {
            if (isset($labelOf[$id])) {
                $twice = new DataException("customer[$row] is there twice; each customer must be given once", 2);
                throw Columns::withRow($twice, $row);
            }
            $labelOf[$id] = $labels[$row];
        }
        return new self($labelOf, $customers === [] ? null : $named);
    }

    /** Number of groups. */
    public function count(): int
    {
        return count($this->labels);
    }

    /**
     * The table in the order of the raw extension: customers as the log counts them, ascending, their groups, and the number of
     * groups.
     *
     * @internal
     * @return array{list<int>, list<int>, int}
     */
    public function columns(Orders $orders): array
    {
        $known = $orders->names === null ? null : array_flip($orders->names);
        if ($this->named !== null && $this->named !== ($known !== null) && count($orders) > 0) {
            [$these, $those] = $this->named ? ['strings', 'ints'] : ['ints', 'strings'];
            throw new ArgumentException("the customers of groups are $these, those of the log $those; they must be of one type", 1);
        }
        $group = [];
        foreach ($this->numberOf as $customer => $number) {
            if ($known === null && !is_int($customer)) {
                throw new ArgumentException("groups has the customer '$customer'; the customers of the log are ints", 1);
            }
            $customer = $known === null ? $customer : $known[$customer] ?? null;
            if ($customer !== null) {
                $group[$customer] = $number;
            }
        }
        ksort($group);
        return [array_keys($group), array_values($group), count($this->labels)];
    }

    /**
     * Runs a call of the raw extension that takes a log; where that names a customer by number, the exception says the name, and a day
     * with its date.
     *
     * @internal
     * @param callable(): array<string, mixed> $call
     * @return array<string, mixed>
     */
    public static function naming(Orders $orders, callable $call): array
    {
        try {
            return $call();
        } catch (DataException $refused) {
            $sentence = $refused->getMessage();
            if ($orders->names !== null && preg_match('/^orders\.customer\[\d+\] is (\d+), /', $sentence, $found)) {
                $sentence = str_replace(" is $found[1], ", " is '{$orders->names[(int) $found[1]]}', ", $sentence);
            } elseif (str_starts_with($sentence, 'orders.day[')) {
                $dated = static fn (array $day): string => "$day[0] (" . Day::iso((int) $day[0]) . ')';
                $sentence = preg_replace_callback('/(?<=\] is |\] = )-?\d{1,6}(?!\d)/', $dated, $sentence);
            }
            throw $refused->row === null ? $refused : Columns::withRow(new DataException($sentence, 2), $refused->row);
        }
    }

    /** @return list<mixed> */
    private static function values(mixed $column, string $name): array
    {
        $column = Columns::check($column, $name);
        if (is_array($column) && !array_is_list($column)) {
            throw new ArgumentException("$name has other keys than 0, 1, 2 ...; give a list, or new Groups() a label by customer", 1);
        }
        return is_array($column) ? $column : Columns::list($column, Columns::INT64);
    }
}
