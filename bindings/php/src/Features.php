<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * Features: what was known of each customer on a day, and who was silent afterwards?
 *
 *     $features = new Features(horizonDays: 90);
 *     $panel = $features->panel($orders, ['2023-06-30', '2023-12-31', '2024-06-30'], observationEnd: '2024-06-30');
 *     [$train, $test] = $panel->split('2023-12-31');
 *     $train->predictors();    // what models take
 *
 * Nothing looks ahead: on a date counts what rows dated up to it say. Refunds and cancellations are rows of their own, on their own
 * days, or they tell too early. Features::checkLeakage() finds features made elsewhere that look ahead.
 */
final readonly class Features
{
    /** @var list<int> */
    private array $windows;

    /**
     * @param int $horizonDays H: the label is 1 when no order comes in the H days after the date
     * @param list<int> $windows in days, ascending, at most 8: occasions and money in each
     * @param int $trendDays window of the trends, whose halves are compared
     * @param int $eventDays window of the events
     * @param ?int $activeDays only customers with an occasion in the last so many days; null means everybody who ever bought
     */
    public function __construct(
        private int $horizonDays = 90,
        array $windows = [30, 90, 365],
        private int $trendDays = 180,
        private int $eventDays = 365,
        private ?int $activeDays = null,
        private int $occasionDays = 1,
        private bool $countZeroOrders = false,
    ) {
        if ($windows === []) {
            throw new ArgumentException('windows is empty; give at least one', 1);
        }
        $this->windows = Columns::ints($windows, 'windows');
        foreach (['horizonDays' => $horizonDays, 'trendDays' => $trendDays, 'eventDays' => $eventDays, 'activeDays' => $activeDays ?? 1] as $name => $days) {
            Columns::positiveInt($days, $name);
        }
        Columns::positiveInt($occasionDays, 'occasionDays');
    }

    /** @return list<string> names of the features, by id: docs/features.md defines them */
    public static function names(): array
    {
        $names = [];
        while (($name = retain_features_name(count($names))) !== '') {
            $names[] = $name;
        }
        return $names;
    }

    /**
     * Who was known on each date, what was known, and what followed.
     *
     * @param mixed $dates strictly ascending, at most observationEnd: list<int|string|\DateTimeInterface>
     * @param int|string|\DateTimeInterface $observationEnd last day observed, itself included; labels whose days end later are NaN
     * @param ?Signals $events tickets, returns, late deliveries, visits
     * @param mixed $discount money taken off the price of each row of the log, >= 0: list<float>|string|Column
     * @param mixed $category what was bought in each row: list<int|string>|string|Column
     * @throws DataException for a bad row or date
     */
    public function panel(
        Orders $orders,
        mixed $dates,
        int|string|\DateTimeInterface $observationEnd,
        ?Signals $events = null,
        mixed $discount = null,
        mixed $category = null,
        ?Context $context = null,
    ): FeaturesPanel {
        $days = Columns::ints(Day::column($dates, 'dates'), 'dates');
        Day::refuseOtherNumbers($days, 'dates');
        $discount = Columns::checkOptional($discount, 'discount');
        [$goods, $labels] = Figures::codes($category, 'category');
        Columns::sameLength(
            array_filter(['customer' => $orders->customer, 'discount' => $discount, 'category' => $goods], static fn ($one) => $one !== null),
            ['discount' => Columns::FLOAT64]
        );
        $end = Day::of($observationEnd, 'observationEnd');
        $kinds = $events === null ? 0 : max(1, count($events->kinds));
        $names = $this->columns($discount !== null, $goods !== null, $kinds, $events?->kinds ?? []);
        $call = fn (int $rows, bool $wanted): array => retain_features_panel(
            $context?->raw(),
            ...[
                ...$orders->columns(),
                $discount,
                $goods,
                max(1, count($labels)),
                ...($events?->columns($orders) ?? [null, null, null, null]),
                $kinds,
                $end,
                $this->occasionDays,
                (int) $this->countZeroOrders,
                $days,
                $this->windows,
                $this->trendDays,
                $this->eventDays,
                $this->activeDays ?? 0,
                $this->horizonDays,
                count($names),
                $rows,
                ...array_fill(0, 4, $wanted),
            ]
        );
        $rows = Names::renamed(['date' => 'dates'], static fn (): array => $call(0, false))['record']['rows'];
        Columns::refuseBeyondMemory(10.0 * $rows * count($names), 2.0 * count($names), "$rows rows and " . count($names) . ' features');
        return $this->gather($orders, $call($rows, true), $names, $days, $end);
    }

    /**
     * What each date is for: 'train' when its label was known on the first test date, D + H + embargo <= first test date; 'test' from
     * there on; 'gap' when its label overlaps with the test; 'open' when it has no label yet.
     *
     * @param mixed $dates strictly ascending
     * @param int $embargoDays so many days more between the last day of a training label and the first test date
     * @return list<string>
     */
    public function split(
        mixed $dates,
        int|string|\DateTimeInterface $firstTest,
        int|string|\DateTimeInterface $observationEnd,
        int $embargoDays = 0,
        ?Context $context = null,
    ): array {
        $days = Columns::ints(Day::column($dates, 'dates'), 'dates');
        $ends = [Day::of($firstTest, 'firstTest'), Day::of($observationEnd, 'observationEnd')];
        $given = [$days, $this->horizonDays, $embargoDays, ...$ends, true];
        $part = Names::renamed(['date' => 'dates'], static fn (): array => retain_features_split($context?->raw(), ...$given))['part'];
        return array_map(static fn (int $one): string => ['train', 'test', 'gap', 'open'][$one], Columns::list($part, Columns::UINT8));
    }

    /**
     * Rows of a panel as durations until the next order, with what was known on their date: what a Cox regression whose predictors change
     * with time is fitted to, `Cox::fit(...$features->returns($panel, $orders), robust: true)`. exp(b) says how many times as many orders
     * come. Ages are days since the first order; a row is good until the next date of the panel, and cut at each order in between.
     *
     * @param Orders $orders those that the panel was made of
     * @param int|string|\DateTimeInterface|null $until what was known by then, as if the observation had ended on that day
     * @param ?list<string> $columns names of the features to take; all by default. A Cox regression takes no missing values
     * @return array{predictors: Predictors, exit: list<float>, event: list<int>, entry: list<float>, customer: list<int|string>}
     */
    public function returns(
        FeaturesPanel $panel,
        Orders $orders,
        int|string|\DateTimeInterface|null $until = null,
        ?array $columns = null,
        ?Context $context = null,
    ): array {
        [$end, $dates, $rows, $who, $at] = self::before($panel, $orders, $until);
        $asked = [...$orders->columns(), $end, $this->occasionDays, (int) $this->countZeroOrders, $dates, $who, $at];
        $count = retain_features_returns($context?->raw(), ...$asked, ...[0, false, false, false, false])['record']['rows'];
        $made = retain_features_returns($context?->raw(), ...$asked, ...[$count, true, true, true, true]);
        return self::spans($panel, $rows, $made, $columns);
    }

    /**
     * Rows of a panel as durations until the customer leaves, with what was known on their date: as returns(), for members.
     *
     * @param array<int|string, int|string|\DateTimeInterface> $ended by customer the day on which he left, of those who have: a customer
     *        who left is in no later row
     * @param int|string|\DateTimeInterface|null $until
     * @param ?list<string> $columns
     * @return array{predictors: Predictors, exit: list<float>, event: list<int>, entry: list<float>, customer: list<int|string>}
     */
    public function durations(
        FeaturesPanel $panel,
        Orders $orders,
        array $ended,
        int|string|\DateTimeInterface|null $until = null,
        ?array $columns = null,
        ?Context $context = null,
    ): array {
        [$end, $dates, $rows, $who, $at] = self::before($panel, $orders, $until);
        $lives = $this->lives($orders, $ended, $end, $context);
        $made = retain_features_durations($context?->raw(), ...$lives, ...[$end, $dates, $who, $at, true, true, true, true]);
        return self::spans($panel, $rows, $made, $columns);
    }

    /** @return array{int, list<int>, list<int>, list<int>, list<int>} the end, dates, rows before it, and customer and date of each */
    private static function before(FeaturesPanel $panel, Orders $orders, int|string|\DateTimeInterface|null $until): array
    {
        $end = $until === null ? $panel->observationEnd : min(Day::of($until, 'until'), $panel->observationEnd);
        if ($end < -(1 << 40)) {
            throw new ArgumentException("until is $end; it must be a day number within +-2^40", 1);
        }
        $dates = array_values(array_filter($panel->dates, static fn (int $date): bool => $date <= $end));
        $place = array_flip($dates);
        $rows = array_keys(array_filter($panel->date, static fn (int $date): bool => $date < $end));
        $numbers = Columns::list($orders->find($panel->customer, 'panel.customer'), Columns::INT64);
        $who = array_map(static fn (int $row): int => $numbers[$row], $rows);
        return [$end, $dates, $rows, $who, array_map(static fn (int $row): int => $place[$panel->date[$row]], $rows)];
    }

    /**
     * @param list<int> $rows
     * @param array<string, mixed> $made
     * @param ?list<string> $columns
     * @return array{predictors: Predictors, exit: list<float>, event: list<int>, entry: list<float>, customer: list<int|string>}
     */
    private static function spans(FeaturesPanel $panel, array $rows, array $made, ?array $columns): array
    {
        $kept = array_map(static fn (int $row): int => $rows[$row], Columns::list($made['row'], Columns::INT64));
        $pick = static fn (array $column): array => array_map(static fn (int $row): mixed => $column[$row], $kept);
        $features = [];
        foreach ($columns ?? array_keys($panel->columns) as $name) {
            if (!is_string($name)) {
                throw new ArgumentException('columns must be a list of names, not of ' . get_debug_type($name), 1);
            }
            $features[$name] = $pick($panel->columns[$name] ?? throw new ArgumentException("columns has '$name', which is no feature of the panel", 1));
        }
        return [
            'predictors' => new Predictors($features),
            'exit' => Columns::list($made['exit'], Columns::FLOAT64),
            'event' => Columns::list($made['event'], Columns::UINT8),
            'entry' => Columns::list($made['entry'], Columns::FLOAT64),
            'customer' => $pick($panel->customer),
        ];
    }

    /**
     * Customers, when they began, and when they left.
     *
     * @param array<int|string, mixed> $ended
     * @return array{list<int>, list<float>, list<float>}
     */
    private function lives(Orders $orders, array $ended, int $end, ?Context $context): array
    {
        $asked = [...$orders->columns(), $end, $this->occasionDays, (int) $this->countZeroOrders];
        $found = retain_orders_occasions($context?->raw(), ...$asked, ...array_fill(0, 4, true));
        $customers = Columns::list($found['customers'], Columns::INT64);
        $began = Columns::list($found['start'], Columns::FLOAT64);
        $left = array_fill(0, count($customers), NAN);
        $place = array_flip($customers);
        $numbers = Columns::list($orders->find(array_keys($ended), 'ended'), Columns::INT64);
        foreach (array_keys($ended) as $row => $id) {
            $life = $place[$numbers[$row]] ?? null;
            if ($life === null) {
                continue;
            }
            $left[$life] = (float) Day::of($ended[$id], "ended['$id']");
            if ($left[$life] < $began[$life]) {
                throw new ArgumentException("ended['$id'] is before the customer's first order", 1);
            }
        }
        return [$customers, $began, $left];
    }

    /**
     * Do features look ahead? Builds them twice for the same date: from all rows, and from those up to the date. What looks ahead gets
     * another answer when there is nothing ahead.
     *
     * @param callable(Orders, int): array{array<int|string>, array<string, list<float>>} $build from orders and a day number: the
     *        customers, and the columns of features by name
     * @param float $tolerance relative; for sums that are added up in another order
     */
    public static function checkLeakage(
        callable $build,
        Orders $orders,
        int|string|\DateTimeInterface $asOf,
        float $tolerance = 1e-9,
        ?Context $context = null,
    ): FeaturesLeakage {
        $day = Day::of($asOf, 'asOf');
        $whole = self::table($build($orders, $day));
        $cut = self::table($build($orders->until($day), $day));
        if (array_keys($whole[1]) !== array_keys($cut[1])) {
            throw new ArgumentException('build makes other columns when the future is missing', 1);
        }
        $number = array_flip(array_values(array_unique([...$whole[0], ...$cut[0]])));
        [$mine, $others] = [self::arrange($whole, $number), self::arrange($cut, $number)];
        $found = retain_features_leaks(
            $context?->raw(),
            $mine[0],
            $mine[1],
            $others[0],
            $others[1],
            count($whole[1]),
            $tolerance,
            true,
            true
        );
        $ids = array_keys($number);
        $leaks = array_combine(array_keys($whole[1]), Columns::list($found['leaks'], Columns::INT64));
        $examples = [];
        foreach (Columns::list($found['example'], Columns::INT64) as $at => $row) {
            if ($row >= 0) {
                $examples[array_keys($leaks)[$at]] = $ids[$mine[0][$row]];
            }
        }
        $strangers = $found['record']['strangers'];
        return new FeaturesLeakage($leaks, $examples, $strangers, intdiv(count($mine[0]) + count($others[0]) - $strangers, 2));
    }

    /**
     * What the columns of a panel are.
     *
     * @internal
     * @param list<int|string> $kindNames
     * @return list<FeaturesColumn>
     */
    public function columns(bool $discount, bool $category, int $kinds, array $kindNames): array
    {
        $found = retain_features_columns(
            null,
            (int) $discount,
            (int) $category,
            $kinds,
            $this->windows,
            $this->trendDays,
            $this->eventDays,
            true,
            true,
            true
        );
        [$ids, $days, $kind] = array_map(
            static fn (string $name): array => Columns::list($found[$name], Columns::INT64),
            ['id', 'days', 'kind']
        );
        $columns = [];
        foreach ($ids as $at => $id) {
            $feature = retain_features_name($id);
            $label = $kind[$at] >= 0 ? $kindNames[$kind[$at]] ?? null : null;
            $name = Columns::camel(str_ends_with($feature, '_in') ? substr($feature, 0, -3) : $feature);
            $name .= str_ends_with($feature, '_in') ? "_{$days[$at]}" : ($label === null ? '' : "_$label");
            $columns[] = new FeaturesColumn($name, $feature, retain_features_unit($id), $days[$at], $label);
        }
        return $columns;
    }

    /**
     * @param array<string, mixed> $result
     * @param list<FeaturesColumn> $columns
     * @param list<int> $days
     */
    private function gather(Orders $orders, array $result, array $columns, array $days, int $end): FeaturesPanel
    {
        $rows = $result['record']['rows'];
        $block = Columns::list($result['feature'], Columns::FLOAT64);
        $features = [];
        foreach ($columns as $at => $column) {
            $features[$column->name] = array_slice($block, $at * $rows, $rows);
        }
        $at = Columns::list($result['at'], Columns::INT64);
        return new FeaturesPanel(
            Columns::list($orders->namesOf($result['customers']), Columns::INT64),
            array_map(static fn (int $date): int => $days[$date], $at),
            Columns::list($result['label'], Columns::FLOAT64),
            $features,
            $columns,
            $days,
            $this->horizonDays,
            $end,
            $result['record']['inactive_rows'],
        );
    }

    /**
     * @param mixed $made what a builder returned
     * @return array{list<int|string>, array<string, list<float>>}
     */
    private static function table(mixed $made): array
    {
        if (!is_array($made) || !isset($made[0], $made[1]) || !is_array($made[0]) || !is_array($made[1])) {
            throw new ArgumentException('build must return [customers, [name => column, ...]]', 1);
        }
        foreach ($made[1] as $name => $column) {
            if (!is_array($column) || count($column) !== count($made[0])) {
                throw new ArgumentException("what build makes has no column '$name' of " . count($made[0]) . ' numbers', 1);
            }
        }
        if (count(array_unique($made[0])) < count($made[0])) {
            throw new ArgumentException('what build makes has a customer twice; each must be there once', 1);
        }
        return [array_values($made[0]), $made[1]];
    }

    /**
     * Numbers of the customers in ascending order, and the block of their features.
     *
     * @param array{list<int|string>, array<string, list<float>>} $table
     * @param array<int|string, int> $number
     * @return array{list<int>, list<float>}
     */
    private static function arrange(array $table, array $number): array
    {
        $numbers = array_map(static fn (int|string $id): int => $number[$id], $table[0]);
        asort($numbers);
        $block = [];
        foreach ($table[1] as $column) {
            $column = array_values($column);
            foreach (array_keys($numbers) as $row) {
                $block[] = $column[$row] === null ? NAN : (float) $column[$row];
            }
        }
        return [array_values($numbers), $block];
    }
}
