<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * An order log: who, when, how much. From it comes one row per customer, and all that is counted in this library.
 *
 * Rows may be whole orders, or lines and refunds of orders when an order id is given: rows of one customer with the same order
 * id are added up to one order, dated at its earliest row. An order **makes an occasion** when its value is positive and it is
 * not cancelled; all orders of a customer on one day are one occasion. Orders that make no occasion are counted by reason in the
 * report. A partial refund reduces the value of its order.
 *
 *     $orders = Orders::read(
 *         $pdo->query('SELECT customer_id, created_at, total FROM orders'),
 *         customer: 'customer_id', time: 'created_at', value: 'total',
 *         calendar: new Calendar('Europe/London'), written: 'UTC',
 *     );
 *     $customers = $orders->summary(observationEnd: '2024-06-30', unitDays: 7);
 *
 * Columns are lists, packed strings (pack('q*', ...) for ints, pack('d*', ...) for floats, pack('C*', ...) for flags) or
 * Retain\Column; results come back in the kind that was given. Customers may be ints or strings; strings are given back.
 */
final readonly class Orders implements \Countable
{
    /** @var list<int>|string|Column customers as the library counts with them: ids, or numbers of `names` */
    public array|string|Column $customer;

    /** @var list<int>|string|Column day numbers */
    public array|string|Column $day;

    /** @var list<float>|string|Column */
    public array|string|Column $value;

    /** @var list<int>|string|Column|null */
    public array|string|Column|null $order;

    /** @var list<int|bool>|string|Column|null */
    public array|string|Column|null $cancelled;

    /** @var list<float>|string|Column|null */
    public array|string|Column|null $multiple;

    /** @var list<float>|string|Column|null */
    public array|string|Column|null $valueLow;

    /** @var list<string>|null names of the customers where they are strings, in the order of their bytes */
    public ?array $names;

    /**
     * @param mixed $customer who: list<int>|string|Column of any 64-bit keys, or list<string>. Rows with the same id are one customer:
     *        leave guests out who have none, also where the shop writes them all as 0
     * @param mixed $day when: list<int>|string|Column of day numbers in the shop (see Calendar), or a list of dates
     *        ('2024-01-31', DateTimeInterface)
     * @param mixed $value money in any one currency, finite; negative for a refund: list<float>|string|Column
     * @param mixed $order optional order id, unique within a customer: list<int>|string|Column or list<string>
     * @param mixed $cancelled optional: 1 or true when the row cancels its whole order: list<bool|int>|string|Column
     * @param mixed $multiple optional: so many orders are in this row; only for compacted logs without order ids
     * @param mixed $valueLow optional: the part of `value` below its last digit, as compact() returns it
     * @param ?list<string> $names internal: names of the customers when `customer` holds their numbers
     * @param bool $dayNumbers ints are day numbers even when all of them look like dates written as yyyymmdd or like Unix time, which
     *        are refused otherwise
     */
    public function __construct(
        mixed $customer,
        mixed $day,
        mixed $value,
        mixed $order = null,
        mixed $cancelled = null,
        mixed $multiple = null,
        mixed $valueLow = null,
        ?array $names = null,
        bool $dayNumbers = false,
    ) {
        [$this->customer, $found] = $names === null ? Names::factorise($customer, 'customer') : [$customer, $names];
        $this->names = $found;
        if ($names === null && $found !== null) {
            Names::refuseBlankCustomers($customer, $found, 'customer');
        }
        $this->day = Day::column($day, 'day');
        if (!$dayNumbers) {
            Day::refuseOtherNumbers($this->day, 'day', ', or say dayNumbers: true if they are day numbers');
        }
        $this->value = Columns::check($value, 'value');
        $this->order = $order === null ? null : Names::hashAll($order, 'order');
        $this->cancelled = Columns::checkOptional($cancelled, 'cancelled');
        $this->multiple = Columns::checkOptional($multiple, 'multiple');
        $this->valueLow = Columns::checkOptional($valueLow, 'valueLow');
        $columns = get_object_vars($this);
        unset($columns['names']);
        Columns::sameLength($columns, ['cancelled' => Columns::UINT8]);
    }

    /**
     * Reads a log row by row, from a PDOStatement, a generator, or any other iterable of arrays or objects, into columns of 8
     * bytes a value: a million rows take 24 MB, and the result set need not fit into PHP's memory.
     *
     * @param iterable<array<array-key, mixed>|object> $rows
     * @param string|int $customer name or number of the field of the customer: all ints or all strings
     * @param string|int|null $day field of the day: a day number, a date, or a DateTimeInterface; give this or `time`
     * @param string|int|null $time field of the moment, as in Calendar::days(): Unix seconds, a date with time of day, a
     *        DateTimeInterface
     * @param string|int $value field of the money: a number, or a string that holds one, as drivers return
     * @param string|int|null $order field of the order id, if the rows are lines or refunds
     * @param string|int|null $cancelled field of the flag (0, 1, false, true)
     * @param ?Calendar $calendar the shop's calendar; needed with `time`
     * @param \DateTimeZone|string|null $written zone in which times without offset were written; null means the shop's own
     * @param bool $dayNumbers ints in the field `day` are day numbers even when all of them look like dates written as yyyymmdd or like
     *        Unix time
     * @throws DataException that names the row and the field
     */
    public static function read(
        iterable $rows,
        string|int $customer = 'customer',
        string|int|null $day = null,
        string|int $value = 'value',
        string|int|null $order = null,
        string|int|null $cancelled = null,
        string|int|null $time = null,
        ?Calendar $calendar = null,
        \DateTimeZone|string|null $written = null,
        bool $dayNumbers = false,
    ): self {
        if (($day === null) === ($time === null)) {
            throw new ArgumentException('give either day or time: the name of the field that says when', 1);
        }
        if ($time !== null && $calendar === null) {
            throw new ArgumentException('calendar is missing; a time is a day only in some time zone', 1);
        }
        $reader = new RowReader($customer, $value, $order, $cancelled, $day, $time, $calendar, $written, $dayNumbers);
        foreach ($rows as $row) {
            $reader->add($row);
        }
        return $reader->finish();
    }

    /** Number of rows. */
    public function count(): int
    {
        return Columns::count($this->customer, Columns::INT64);
    }

    /**
     * One row per customer, as models and metrics need it, in ascending order of customer (strings: of their bytes).
     *
     * t_x = (start of last occasion − start of first) / unitDays, T = (observationEnd − start of first) / unitDays: instants are
     * day starts, and nothing is added for the last day (Fader, Hardie & Lee 2005, Marketing Science 24(2)). spend is NaN for
     * customers without a repeat occasion.
     *
     * @param int|string|\DateTimeInterface $observationEnd last day that was observed, itself included: the day up to which the
     *                                      log is complete, not "today". Rows after it are not used
     * @param float $unitDays days in the unit of t_x and T: 7 for weeks
     * @param int $occasionDays orders within one such block of days (counted from day 0) are one occasion, dated at the
     *        beginning of the block
     * @param bool $countZeroOrders an order of zero rows only makes an occasion too, as in the literature's CDNOW figures
     * @param bool $logGaps also add up the logarithms of the gaps between occasions: what families of regular customers read
     *        (Retain\Btyd\BgCnbd)
     * @throws DataException for a row that breaks a rule: a value that is not finite, a flag other than 0 and 1, a day beyond ±2^40
     */
    public function summary(
        int|string|\DateTimeInterface $observationEnd,
        float $unitDays = 1.0,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
        bool $logGaps = false,
    ): Customers {
        $result = retain_orders_summary(
            $context?->raw(),
            ...[
                ...$this->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positive($unitDays, 'unitDays'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                ...array_fill(0, 13, true),
                $logGaps,
            ]
        );
        return new Customers(
            frequency: $result['frequency'],
            t_x: $result['t_x'],
            T: $result['T'],
            unitDays: $unitDays,
            spend: $result['spend'],
            id: $this->namesOf($result['customers']),
            firstDay: $result['first_day'],
            lastDay: $result['last_day'],
            orders: $result['orders'],
            occasions: $result['occasions'],
            spendAll: $result['spend_all'],
            revenue: $result['revenue'],
            gross: $result['gross'],
            refunds: $result['refunds'],
            logGaps: $result['log_gaps'] ?? null,
            report: new OrdersReport(...self::camel($result['record'])),
        );
    }

    /**
     * What the customers of a summary up to `calibrationEnd` did in (calibrationEnd, observationEnd]: the check of a forecast.
     *
     * @param Customers $customers as summary() of this log returned them for `calibrationEnd`
     * @return Holdout occasions and their money, customer by customer
     */
    public function holdout(
        Customers $customers,
        int|string|\DateTimeInterface $calibrationEnd,
        int|string|\DateTimeInterface $observationEnd,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Holdout {
        $result = retain_orders_holdout(
            $context?->raw(),
            ...[
                ...$this->columns(),
                Day::of($calibrationEnd, 'calibrationEnd'),
                Day::of($observationEnd, 'observationEnd'),
                $customers->unitDays,
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $this->numbersOf($customers->id),
                true,
                true,
            ]
        );
        return new Holdout($result['holdout_occasions'], $result['holdout_value']);
    }

    /**
     * The same log, as short as it can be without losing anything: rows that agree in customer, day, order id, sign of the value
     * and flag become one.
     *
     * The result is an order log again, and every figure made from it is the same to the last bit. merge() appends logs.
     */
    public function compact(?Context $context = null): self
    {
        $with = [true, true, true, true, $this->order !== null, $this->cancelled !== null, $this->order === null];
        $result = retain_orders_compact($context?->raw(), ...[...$this->columns(), ...$with]);
        return new self(
            $result['out_customer'],
            $result['out_day'],
            $result['out_value'],
            $result['out_order'] ?? null,
            $result['out_cancelled'] ?? null,
            $result['out_multiple'] ?? null,
            $result['out_value_low'],
            $this->names,
            dayNumbers: true,
        );
    }

    /**
     * One log of several: for daily increments, and for logs that were read in pieces. All must have the same columns, and ids
     * of the same type. The result has packed strings.
     */
    public static function merge(self ...$parts): self
    {
        return Merger::merge(array_values($parts));
    }

    /**
     * Day of the last row that makes an occasion; the usual stand-in for an observation end that nobody wrote down.
     *
     * @throws DataException when no row makes an occasion
     */
    public function lastDay(bool $countZeroOrders = false, ?Context $context = null): int
    {
        return retain_orders_last_day($context?->raw(), ...[...$this->columns(), (int) $countZeroOrders])['record']['day'];
    }

    /**
     * An attribute of each customer's first order that makes an occasion: first product, first coupon, country.
     *
     * When there are several orders on the first day, or several rows in them, the smallest value of the rows of positive value
     * counts (strings: by their bytes): the order of the rows does not matter.
     *
     * @param mixed $attribute one value for each row of the log: list<int>|string|Column, or list<string>
     * @return Groups as metrics that compare groups of customers take them
     */
    public function first(
        mixed $attribute,
        int|string|\DateTimeInterface $observationEnd,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): Groups {
        [$codes, $labels] = Names::factorise($attribute, 'attribute');
        $result = retain_orders_first(
            $context?->raw(),
            ...[...$this->columns(), $codes, Day::of($observationEnd, 'observationEnd'), (int) $countZeroOrders, true, true]
        );
        $first = Columns::list($result['first'], Columns::INT64);
        return Groups::of(
            $this->namesOf($result['customers']),
            $labels === null ? $first : array_map(static fn (int $code): string => $labels[$code], $first)
        );
    }

    /** The rows dated up to a day, itself included: the log as it was then. */
    public function until(int|string|\DateTimeInterface $day): self
    {
        $last = Day::of($day, 'day');
        $kept = array_keys(array_filter(Columns::list($this->day, Columns::INT64), static fn (int $one): bool => $one <= $last));
        $formats = [Columns::INT64, Columns::INT64, Columns::FLOAT64, Columns::INT64, Columns::UINT8, Columns::FLOAT64, Columns::FLOAT64];
        $columns = array_map(static function (array|string|Column|null $column, string $format) use ($kept): ?array {
            $values = $column === null ? null : Columns::list($column, $format);
            return $values === null ? null : array_map(static fn (int $row): mixed => $values[$row], $kept);
        }, $this->columns(), $formats);
        return new self(...[...$columns, $this->names, true]);
    }

    /**
     * The seven columns in the order of the raw extension.
     *
     * @internal
     * @return list<array<mixed>|string|Column|null>
     */
    public function columns(): array
    {
        return [$this->customer, $this->day, $this->value, $this->order, $this->cancelled, $this->multiple, $this->valueLow];
    }

    /**
     * Ids as the log counts them; whoever the log does not know gets a number of his own. Ids of another type than the log's, or
     * in another form ('1' for '00001'), are refused: they would be strangers all.
     *
     * @internal
     * @return array<mixed>|string|Column
     */
    public function find(mixed $ids, string $name): array|string|Column
    {
        $ids = Columns::check($ids, $name);
        if (count($this) === 0) {
            return Names::factorise($ids, $name)[0];
        }
        $named = Names::areTexts($ids, $name);
        if ($this->names === null) {
            return $named ? throw Names::otherType($name, 0, $ids[0], 'the customers of the log are ints') : $ids;
        }
        if ($ids === [] || !is_array($ids) || !array_is_list($ids)) {
            return $ids === [] ? $ids : throw new ArgumentException("$name must be a list of strings, as the customers of the log are", 1);
        }
        if (!$named) {
            throw Names::otherType($name, 0, $ids[0], 'the customers of the log are strings');
        }
        $known = array_flip($this->names);
        Names::refuseOtherForms($ids, $known, $name, 'the log writes');
        $numbers = [];
        foreach ($ids as $id) {
            $numbers[] = $known[$id] ??= count($known);
        }
        return $numbers;
    }

    /**
     * How many of these ids have no row in the log.
     *
     * @internal
     * @param array<mixed>|string|Column $ids as find() took them
     */
    public function strangers(array|string|Column $ids): int
    {
        $unseen = array_count_values(Columns::list($ids, Columns::INT64));
        foreach ($this->names ?? Columns::list($this->customer, Columns::INT64) as $id) {
            unset($unseen[$id]);
        }
        return array_sum($unseen);
    }

    /**
     * The customers of these numbers.
     *
     * @internal
     * @param list<int>|string|Column $numbers
     * @return list<int|string>|string|Column
     */
    public function namesOf(array|string|Column $numbers): array|string|Column
    {
        if ($this->names === null) {
            return $numbers;
        }
        return array_map(fn (int $number): string => $this->names[$number], Columns::list($numbers, Columns::INT64));
    }

    /** @return array<mixed>|string|Column|null */
    private function numbersOf(mixed $ids): array|string|Column|null
    {
        if ($ids === null || $ids === [] || ($this->names === null && !(is_array($ids) && Names::areTexts($ids, 'customers.id')))) {
            return $ids;
        }
        if ($this->names === null) {
            throw Names::otherType('customers.id', 0, $ids[0], 'the customers of the log are ints');
        }
        if (!is_array($ids) || !Names::areTexts($ids, 'customers.id')) {
            throw new ArgumentException('customers.id must be a list of strings, as the customers of the log are', 1);
        }
        $known = array_flip($this->names);
        $numbers = [];
        foreach ($ids as $row => $id) {
            $numbers[] = $known[$id] ?? throw Columns::withRow(
                new DataException("customers.id[$row] is '$id', who has no row in this log", 2),
                (int) $row
            );
        }
        return $numbers;
    }

    /**
     * @param array<string, mixed> $result
     * @return array<string, mixed>
     */
    private static function camel(array $result): array
    {
        $values = [];
        foreach (OrdersReport::FIELDS as $field) {
            $values[Columns::camel($field)] = $result[$field];
        }
        return $values;
    }
}
