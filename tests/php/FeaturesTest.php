<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Features;
use Retain\FeaturesPanel;
use Retain\Orders;
use Retain\Signals;

final class FeaturesTest extends TestCase
{
    private const DATES = [30, 120, 200, 201, 330];

    /** @return list<int> */
    private static function ints(array $table, string $name): array
    {
        return array_map('intval', array_column($table, $name));
    }

    /** @return list<float> */
    private static function floats(array $table, string $name): array
    {
        return array_map(self::number(...), array_column($table, $name));
    }

    private static function goldenPanel(array $case): FeaturesPanel
    {
        $log = self::golden('features/orders.csv');
        $events = self::golden('features/events.csv');
        $orders = new Orders(
            self::ints($log, 'customer'),
            self::ints($log, 'day'),
            self::floats($log, 'value'),
            self::ints($log, 'order'),
            self::ints($log, 'cancelled'),
        );
        $features = new Features(
            (int) $case['horizon'],
            array_map('intval', explode(' ', $case['windows'])),
            (int) $case['trend'],
            (int) $case['events'],
            (int) $case['active'] ?: null,
            (int) $case['block'],
            $case['zero'] === '1',
        );
        $signals = new Signals(
            self::ints($events, 'customer'),
            self::ints($events, 'day'),
            self::ints($events, 'kind'),
            self::floats($events, 'value')
        );
        return $features->panel($orders, self::DATES, 400, $signals, self::floats($log, 'discount'), self::ints($log, 'category'));
    }

    public function testMeetsTheGoldenPanels(): void
    {
        $rows = self::golden('features/panel.csv');
        foreach (self::golden('features/cases.csv') as $case) {
            $panel = self::goldenPanel($case);
            $want = array_values(array_filter($rows, static fn (array $row): bool => $row['case'] === $case['case']));
            self::assertCount(count($want), $panel);
            $listed = array_values(array_filter(self::golden('features/columns.csv'), static fn (array $row): bool => $row['case'] === $case['case']));
            $names = Features::names();
            self::assertSame(
                array_map(static fn (array $row): array => [$row['name'], $names[(int) $row['id']], (int) $row['days'], (int) $row['kind']], $listed),
                array_map(static fn ($column): array => [$column->feature, $column->feature, $column->days, $column->kind ?? -1], $panel->features)
            );
            self::assertSame(self::ints($want, 'customer'), $panel->customer);
            self::assertSame(self::ints($want, 'date'), $panel->date);
            foreach ($want as $at => $row) {
                self::assertNear(self::number($row['label']), $panel->label[$at], 0.0);
                foreach (array_values($panel->columns) as $f => $column) {
                    self::assertNear(self::number($row["f$f"]), $column[$at], 1e-13 * abs((float) $row["f$f"]), $panel->features[$f]->name);
                }
            }
            self::assertIsString(json_encode($panel, JSON_THROW_ON_ERROR));
        }
        self::assertSame($panel->customer[0], $panel->rows()[0]['customer']);
        self::assertCount(25, Features::names());
    }

    public function testKnowsCustomersByTheirNames(): void
    {
        $orders = new Orders(['bob', 'ann', 'bob'], ['2024-01-01', '2024-01-20', '2024-02-15'], [1.0, 2.0, 3.0]);
        $tickets = new Signals(['ann', 'zoe'], ['2024-01-25', '2024-01-25'], ['late', 'return']);
        $panel = (new Features(windows: [30]))->panel($orders, ['2024-01-31', '2024-03-01'], '2024-12-31', $tickets, category: ['x', 'y', 'x']);
        self::assertSame(['ann', 'bob', 'ann', 'bob'], $panel->customer);
        self::assertSame([1.0, 0.0, 1.0, 1.0], $panel->label);
        self::assertSame([1.0, 0.0, 1.0, 0.0], $panel->columns['events_late']);
        self::assertSame([11.0, 30.0, 41.0, 15.0], $panel->columns['daysSinceLast']);
        self::assertArrayHasKey('occasions_30', $panel->columns);
        self::assertCount(count($panel->columns), $panel->predictors()->names());
        self::assertCount(2, $panel->on('2024-03-01'));
        self::assertSame(['ann', 'bob'], $panel->on('2024-03-01')->customer);
    }

    public function testKeepsTrainingAndTestApart(): void
    {
        $orders = new Orders([1, 1, 2], [0, 50, 10], [1.0, 1.0, 1.0]);
        $panel = (new Features(30))->panel($orders, [20, 40, 60, 90], 100);
        [$train, $test] = $panel->split(60);
        self::assertSame([20, 20], $train->date);
        self::assertSame([60, 60], $test->date);
        self::assertSame(['train', 'gap', 'test', 'open'], (new Features(30))->split([20, 40, 60, 90], 60, 100));
        self::assertCount(0, $panel->split(60, embargoDays: 20)[0]);
    }

    public function testFindsWhatLooksAhead(): void
    {
        $orders = new Orders(['a', 'a', 'b', 'b'], [0, 50, 10, 20], [1.0, 2.0, 4.0, 8.0]);
        $clean = static function (Orders $orders, int $day): array {
            $panel = (new Features())->panel($orders, [$day], $day);
            return [$panel->customer, $panel->columns];
        };
        $found = Features::checkLeakage($clean, $orders, 30);
        self::assertTrue($found->isClean());
        self::assertSame(2, $found->customers);
        $leaky = static function (Orders $orders, int $day) use ($clean): array {
            [$customers, $columns] = $clean($orders, $day);
            $sums = [];
            foreach (Column::int64($orders->customer)->toArray() as $row => $number) {
                $sums[$orders->names[$number]] = ($sums[$orders->names[$number]] ?? 0.0) + $orders->value[$row];
            }
            return [$customers, [...$columns, 'sum' => array_map(static fn (string $id): float => $sums[$id], $customers)]];
        };
        $found = Features::checkLeakage($leaky, $orders, 30);
        self::assertSame(['sum'], $found->leaking());
        self::assertSame(['sum' => 'a'], $found->examples);
        self::assertFalse($found->isClean());
    }

    public function testTakesEveryKindOfColumn(): void
    {
        $want = (new Features())->panel(new Orders([1, 2, 1], [3, 4, 50], [1.0, 2.0, 3.0]), [10, 60], 400, discount: [0.0, 1.0, 0.0]);
        $packed = new Orders(pack('q*', 1, 2, 1), pack('q*', 3, 4, 50), pack('d*', 1, 2, 3));
        $columns = new Orders(Column::int64([1, 2, 1]), Column::int64([3, 4, 50]), Column::float64([1, 2, 3]));
        self::assertSame(json_encode($want), json_encode((new Features())->panel($packed, [10, 60], 400, discount: pack('d*', 0, 1, 0))));
        self::assertSame(json_encode($want), json_encode((new Features())->panel($columns, [10, 60], 400, discount: Column::float64([0, 1, 0]))));
        self::assertCount(2, $packed->until(10));
        self::assertCount(0, (new Features())->panel(new Orders([], [], []), [10], 400));
    }

    public function testRefusesWhatMakesNoSense(): void
    {
        $orders = new Orders([1], [3], [1.0]);
        $calls = [
            [DataException::class, static fn () => (new Features())->panel($orders, [5, 5], 9)],
            [DataException::class, static fn () => (new Features())->panel($orders, [10], 9)],
            [ArgumentException::class, static fn () => new Features(windows: [])],
            [ArgumentException::class, static fn () => new Features(0)],
            [ArgumentException::class, static fn () => (new Features(windows: [9, 3]))->panel($orders, [5], 9)],
            [ArgumentException::class, static fn () => (new Features())->panel($orders, [5], 9, category: [1, 2])],
            [DataException::class, static fn () => (new Features())->panel($orders, [5], 9, discount: [-1.0])],
            [ArgumentException::class, static fn () => (new Features())->panel($orders, [5], 9)->on(6)],
            [ArgumentException::class, static fn () => Features::checkLeakage(static fn () => 5, $orders, 5)],
            [ArgumentException::class, static fn () => Features::checkLeakage(static fn () => [[1, 1], ['x' => [1.0, 2.0]]], $orders, 5)],
        ];
        foreach ($calls as $at => [$class, $call]) {
            self::assertInstanceOf($class, self::thrownBy($call), (string) $at);
        }
    }

    public function testRowsAreDurationsUntilTheNextOrder(): void
    {
        $orders = new Orders([1, 1, 2], [0, 40, 5], [1.0, 1.0, 1.0]);
        $features = new Features();
        $panel = $features->panel($orders, [30, 60], 90);
        $rows = $features->returns($panel, $orders, columns: ['occasions']);
        self::assertSame([1, 1, 2, 1, 2], $rows['customer']);
        self::assertSame([30.0, 40.0, 25.0, 60.0, 55.0], $rows['entry']);
        self::assertSame([40.0, 60.0, 55.0, 90.0, 85.0], $rows['exit']);
        self::assertSame([1, 0, 0, 0, 0], $rows['event']);
        self::assertSame([1.0, 1.0, 1.0, 2.0, 1.0], $rows['predictors']->block());
        $early = $features->returns($panel, $orders, until: 45, columns: ['occasions']);
        self::assertSame([[40.0, 45.0, 40.0], [1, 0, 0]], [$early['exit'], $early['event']]);
        $left = $features->durations($panel, $orders, [2 => 50], columns: ['occasions']);
        self::assertSame([[1, 2, 1], [60.0, 45.0, 90.0], [0, 1, 0]], [$left['customer'], $left['exit'], $left['event']]);
        $many = new Orders(range(1, 40), array_fill(0, 40, 0), range(1.0, 40.0));
        $panel = $features->panel($many, [0, 30], 90);
        $ended = array_combine(range(1, 40, 2), range(1, 39, 2));
        $model = \Retain\Cox::fit(...$features->durations($panel, $many, $ended, columns: ['value']), robust: true);
        self::assertLessThan(1.0, $model->summary->hazardRatio['value']);
        foreach (
            [
                "columns has 'colour'" => static fn () => $features->returns($panel, $many, columns: ['colour']),
                "ended['3'] is before" => static fn () => $features->durations($panel, $many, [3 => -1]),
            ] as $said => $call
        ) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString($said, $thrown->getMessage());
        }
    }
}
