<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Signals: what happened to a customer besides orders, and did it drive him away?
 *
 *     $tickets = new Signals(['ann', 'ann', 'bob'], ['2024-01-10', '2024-04-04', '2024-02-09']);
 *     $rows = $tickets->perCustomer(['ann', 'bob', 'eve'], '2024-04-09', windowDays: 90)->rows();
 *     $late = (new Signals($customers, $days))->effect($orders, '2024-06-30');    // of late deliveries, on coming back
 *
 * An object holds events: who, when, of which kind, and with which value if they have one. Nothing looks ahead: events after the
 * observation end do not exist.
 */
final readonly class Signals implements \Countable
{
    private const FIGURES = ['count', 'per_year', 'days_since_last', 'earlier', 'recent', 'trend', 'trend_p_value', 'sum', 'mean'];

    /** @var array<mixed>|string|Column */
    private array|string|Column $customer;

    /** @var array<mixed>|string|Column */
    private array|string|Column $day;

    /** @var list<int>|null */
    private ?array $kind;

    /** @var list<int|string> kinds in ascending order */
    public array $kinds;

    /** @var array<mixed>|string|Column|null */
    private array|string|Column|null $value;

    /**
     * @param mixed $customer who: list<int>|string|Column, or list<string>
     * @param mixed $day when: list<int|string|\DateTimeInterface>|string|Column
     * @param mixed $kind optional: list<int|string>|string|Column
     * @param mixed $value optional, NaN where an event has none: list<float>|string|Column
     */
    public function __construct(mixed $customer, mixed $day, mixed $kind = null, mixed $value = null)
    {
        $this->customer = Columns::check($customer, 'customer');
        Names::areTexts($this->customer, 'customer');
        $this->day = Day::column($day, 'day');
        Day::refuseOtherNumbers($this->day, 'day');
        [$this->kind, $this->kinds] = Figures::codes($kind, 'kind');
        $this->value = Columns::checkOptional($value, 'value');
    }

    /** Number of events. */
    public function count(): int
    {
        return Columns::count($this->customer, Columns::INT64);
    }

    /**
     * Events of each customer up to an observation end: how many, how often, how long ago, more or fewer lately.
     *
     * Columns, with kinds once per kind as in count_return: exposureDays (days of the window on which the customer was known);
     * count, perYear, daysSinceLast; earlier and recent (events in the two halves of the window); trend, from −1 to 1, and
     * trendPValue, the chance of halves at least as uneven if nothing changed; sum and mean of the values. NaN where a figure does
     * not exist, and everywhere for customers who were not known yet.
     *
     * @param mixed $customers whom to describe, each once: list<int>|string|Column, or list<string>
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $windowDays the window is the last so many days
     * @param mixed $knownSince day since which each customer is known; null means all through the window
     * @return SignalsTable one row per customer, in the order given
     * @throws DataException for a bad row
     */
    public function perCustomer(
        mixed $customers,
        int|string|\DateTimeInterface $observationEnd,
        int $windowDays = 365,
        mixed $knownSince = null,
        ?Context $context = null,
    ): SignalsTable {
        $ids = Columns::check($customers, 'customers');
        $ids = is_array($ids) ? $ids : Columns::list($ids, Columns::INT64);
        if (!array_is_list($ids)) {
            throw new ArgumentException('customers is an array that is no list; give the ids alone', 1);
        }
        $known = $knownSince === null ? null : Columns::ints(Day::column($knownSince, 'knownSince'), 'knownSince');
        Day::refuseOtherNumbers($known ?? [], 'knownSince');
        if ($known !== null && count($known) !== count($ids)) {
            throw new ArgumentException('knownSince has ' . count($known) . ' rows, customers has ' . count($ids), 1);
        }
        [$numbers, $events] = $this->number($ids);
        asort($numbers);
        $rows = array_keys($numbers);
        $kinds = max(1, count($this->kinds));
        Columns::refuseBeyondMemory(9.0 * count($ids) * $kinds, 9.0 * $kinds, count($ids) . " customers and $kinds kinds");
        $result = retain_signals_per_customer(
            $context?->raw(),
            $events,
            $this->day,
            $this->kind,
            $this->value,
            array_values($numbers),
            $known === null ? null : array_map(static fn (int $row): int => $known[$row], $rows),
            Day::of($observationEnd, 'observationEnd'),
            Columns::positiveInt($windowDays, 'windowDays'),
            $kinds,
            ...array_fill(0, 10, true)
        );
        $columns = ['exposureDays' => self::arrange($result['exposure_days'], $rows, 1, 0)];
        foreach (self::FIGURES as $figure) {
            foreach ($this->kinds === [] ? [null] : $this->kinds as $k => $kind) {
                $name = Columns::camel($figure) . ($kind === null ? '' : "_$kind");
                $columns[$name] = self::arrange($result[$figure], $rows, $kinds, $k);
            }
        }
        $report = $result['record'];
        return new SignalsTable($ids, $columns, $report['events'], $report['used_events'], $report['stranger_events']);
    }

    /**
     * Do customers come back less often after one of these events, compared with customers to whom it did not happen? All events of
     * the object are of the one kind that is in question.
     *
     * The unit is an occasion, on day o; it is exposed when an event lies in (o, o + exposureDays]. Everybody is judged from that
     * landmark on: back means an occasion in the horizonDays after it. Only occasions without another one before the landmark, and
     * whose horizon is over, are judged. Compared is within strata of order number, value, calendar period and group.
     *
     * @param Orders $orders refunded orders make no occasion: give a log without refunds when the event brings them about
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included
     * @param int $orderNumbers strata by number of the occasion: 1, 2, 3, 4 and more; 1 for none
     * @param int $valueClasses strata by value of the occasion: quintiles; 1 for none
     * @param ?Periods $periods strata by calendar period; null for none
     * @param ?Groups $by strata by an attribute of the customer; null for none
     * @throws DataException for a bad row, or a customer without a group
     */
    public function effect(
        Orders $orders,
        int|string|\DateTimeInterface $observationEnd,
        int $exposureDays = 30,
        int $horizonDays = 90,
        int $orderNumbers = 4,
        int $valueClasses = 5,
        ?Periods $periods = null,
        ?Groups $by = null,
        float $level = 0.95,
        int $occasionDays = 1,
        bool $countZeroOrders = false,
        ?Context $context = null,
    ): SignalsEffect {
        $result = Groups::naming($orders, fn (): array => retain_signals_effect(
            $context?->raw(),
            ...[
                $orders->find($this->customer, 'customer'),
                $this->day,
                ...$orders->columns(),
                Day::of($observationEnd, 'observationEnd'),
                Columns::positiveInt($occasionDays, 'occasionDays'),
                (int) $countZeroOrders,
                $periods?->edges,
                ...($by?->columns($orders) ?? [null, null, 0]),
                Columns::positiveInt($exposureDays, 'exposureDays'),
                Columns::positiveInt($horizonDays, 'horizonDays'),
                Columns::positiveInt($orderNumbers, 'orderNumbers'),
                Columns::positiveInt($valueClasses, 'valueClasses'),
                Columns::level($level),
            ]
        ));
        return new SignalsEffect(...[...array_values($result['record']), $orders->strangers($this->customer)]);
    }

    /**
     * Customers as the log counts them, days, kinds and values, in the order of the raw extension.
     *
     * @internal
     * @return array{array<mixed>|string|Column, array<mixed>|string|Column, list<int>|null, array<mixed>|string|Column|null}
     */
    public function columns(Orders $orders): array
    {
        return [$orders->find($this->customer, 'customer'), $this->day, $this->kind, $this->value];
    }

    /**
     * Numbers of the customers, and of those of the events, in which equal ids are equal.
     *
     * @param list<mixed> $ids
     * @return array{list<int>, array<mixed>|string|Column}
     */
    private function number(array $ids): array
    {
        $named = Names::areTexts($ids, 'customers');
        $events = $this->customer;
        if ($ids !== [] && count($this) > 0 && $named !== (is_array($events) && is_string($events[array_key_first($events)]))) {
            throw Names::otherType('customers', 0, $ids[0], 'the customers of the events are ' . ($named ? 'ints' : 'strings'));
        }
        $numbers = [];
        foreach ($ids as $row => $id) {
            if (isset($numbers[$id])) {
                throw Columns::withRow(new DataException("customers[$row] is there twice; each customer must be given once", 2), $row);
            }
            $numbers[$id] = $named ? $row : $id;
        }
        if (!is_array($events) || !is_string($events[array_key_first($events) ?? 0] ?? null)) {
            return [array_values($numbers), $events];
        }
        Names::refuseOtherForms($events, $numbers, 'customer', 'customers holds as');
        return [array_values($numbers), array_map(static fn (string $id): int => $numbers[$id] ?? -1, $events)];
    }

    /**
     * One column of one kind, in the order of the caller's rows.
     *
     * @param array<mixed>|string|Column $cells
     * @param list<int> $rows row of the caller of each row of the result
     * @return list<float>
     */
    private static function arrange(array|string|Column $cells, array $rows, int $kinds, int $kind): array
    {
        $cells = Columns::list($cells, Columns::FLOAT64);
        $column = $rows === [] ? [] : array_fill(0, count($rows), NAN);
        foreach ($rows as $at => $row) {
            $column[$row] = $cells[$at * $kinds + $kind];
        }
        return $column;
    }
}
