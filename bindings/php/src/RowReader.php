<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\DataException;
use Retain\Exception\RetainException;

/**
 * Fills the columns of an order log row by row.
 *
 * @internal see Orders::read()
 */
final class RowReader
{
    private Column $customers;
    private Column $when;
    private Column $values;
    private ?Column $orders;
    private ?Column $flags;
    private Names $names;
    private ?bool $namedCustomers = null;
    private ?bool $namedOrders = null;

    private readonly Moments $moments;

    public function __construct(
        private readonly string|int $customer,
        private readonly string|int $value,
        private readonly string|int|null $order,
        private readonly string|int|null $cancelled,
        private readonly string|int|null $day,
        private readonly string|int|null $time,
        private readonly ?Calendar $calendar,
        \DateTimeZone|string|null $written,
        private readonly bool $dayNumbers = false,
    ) {
        $this->moments = ($calendar ?? new Calendar())->moments($written);
        $this->customers = Column::int64();
        $this->when = Column::int64();
        $this->values = Column::float64();
        $this->orders = $order === null ? null : Column::int64();
        $this->flags = $cancelled === null ? null : Column::uint8();
        $this->names = new Names();
    }

    public function add(mixed $row): void
    {
        $id = $this->id($row, $this->customer, $this->namedCustomers);
        if (is_string($id) && Names::isBlank($id)) {
            throw Names::blankCustomer($this->customer, count($this->values));
        }
        $this->customers->push(is_string($id) ? $this->names->code($id) : $id);
        $this->when->push($this->time === null ? $this->dayOf($row) : $this->secondsOf($row));
        $this->push($this->values, $row, $this->value);
        if ($this->orders !== null) {
            $id = $this->id($row, $this->order, $this->namedOrders);
            if (is_string($id) && Names::isBlank($id)) {
                throw Names::blank($this->order, count($this->values) - 1);
            }
            $this->orders->push(is_string($id) ? Names::hash($id) : $id);
        }
        if ($this->flags !== null) {
            $this->push($this->flags, $row, $this->cancelled);
        }
    }

    public function finish(): Orders
    {
        $names = null;
        $customers = $this->customers;
        if ($this->namedCustomers) {
            [$names, $final] = $this->names->finish();
            $customers = self::renumber($customers, $final);
        }
        $days = $this->time === null ? $this->when : $this->calendar->days($this->when);
        $told = $this->dayNumbers || $this->time !== null;
        return new Orders($customers, $days, $this->values, $this->orders, $this->flags, names: $names, dayNumbers: $told);
    }

    private function field(mixed $row, string|int $field): mixed
    {
        if (is_array($row)) {
            $value = $row[$field] ?? null;
            if ($value !== null || array_key_exists($field, $row)) {
                return $value;
            }
        }
        if (is_object($row) && property_exists($row, (string) $field)) {
            return $row->$field;
        }
        $at = count($this->values);
        $what = is_array($row) || is_object($row)
            ? "has no field '$field'"
            : 'is ' . get_debug_type($row) . '; it must be an array or an object';
        throw Columns::withRow(new DataException("rows[$at] $what", 2), $at);
    }

    private function push(Column $column, mixed $row, string|int $field): void
    {
        $value = $this->field($row, $field);
        try {
            $column->push($value);
        } catch (DataException $refused) {
            throw $this->refusal($field, substr($refused->getMessage(), strpos($refused->getMessage(), ' is ') + 1));
        }
    }

    /** The id in a field: an int or a string, of the same type in every row. */
    private function id(mixed $row, string|int $field, ?bool &$named): int|string
    {
        $id = $this->field($row, $field);
        $named ??= is_string($id);
        if ($named ? !is_string($id) : !is_int($id)) {
            throw $this->refusal($field, 'is ' . get_debug_type($id) . '; ids must be all ints or all strings');
        }
        return $id;
    }

    private function dayOf(mixed $row): int
    {
        $day = $this->field($row, $this->day);
        if (is_int($day)) {
            return $day;
        }
        $number = match (true) {
            is_string($day) => $this->moments->day($day),
            $day instanceof \DateTimeInterface => Day::read($day),
            default => null,
        };
        if ($number === null) {
            $shown = is_string($day) ? "'$day'" : get_debug_type($day);
            throw $this->refusal($this->day, "is $shown; it must be a date that exists, such as '2024-01-31'");
        }
        return $number;
    }

    private function secondsOf(mixed $row): int
    {
        $moment = $this->field($row, $this->time);
        return $this->moments->seconds($moment) ?? Calendar::refuse($moment, count($this->values), (string) $this->time);
    }

    private function refusal(string|int $field, string $what): RetainException
    {
        $at = count($this->values);
        return Columns::withRow(new DataException("{$field}[$at] $what", 2), $at);
    }

    /** @param list<int> $final */
    private static function renumber(Column $preliminary, array $final): Column
    {
        $numbers = Column::int64();
        foreach ($preliminary as $number) {
            $numbers->push($final[$number]);
        }
        return $numbers;
    }
}
