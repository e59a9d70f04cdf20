<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Groups;
use Retain\Orders;
use Retain\Periods;
use Retain\Signals;

final class SignalsTest extends TestCase
{
    /** @return list<int> */
    private static function ints(array $table, string $name): array
    {
        return array_map('intval', array_column($table, $name));
    }

    public function testMeetsTheGoldenFigures(): void
    {
        $events = self::golden('signals/events.csv');
        $customers = array_reverse(self::golden('signals/customers.csv'));
        $value = array_map(static fn (string $cell): float => $cell === '' ? NAN : (float) $cell, array_column($events, 'value'));
        $signals = new Signals(self::ints($events, 'customer'), self::ints($events, 'day'), self::ints($events, 'kind'), $value);
        self::assertSame([0, 1, 2], $signals->kinds);
        $place = array_flip(self::ints($customers, 'customer'));
        $tables = [];
        foreach (self::golden('signals/per_customer.csv') as $row) {
            $tables["$row[end] $row[window]"] ??= $signals->perCustomer(
                self::ints($customers, 'customer'),
                (int) $row['end'],
                (int) $row['window'],
                $row['known'] === '1' ? self::ints($customers, 'known_since') : null,
            );
            $table = $tables["$row[end] $row[window]"];
            $at = $place[(int) $row['customer']];
            foreach (['count', 'per_year', 'days_since_last', 'earlier', 'recent', 'trend', 'trend_p_value', 'sum', 'mean'] as $name) {
                $want = $row[$name] === '' ? NAN : (float) $row[$name];
                self::assertNear($want, $table->columns[lcfirst(str_replace('_', '', ucwords($name, '_'))) . "_$row[kind]"][$at], 1e-13 * abs($want));
            }
        }
        self::assertCount(count($customers), $table);
        self::assertSame((int) $customers[0]['customer'], $table->rows()[0]['customer']);
        self::assertIsString(json_encode($table, JSON_THROW_ON_ERROR));
    }

    public function testMeetsTheGoldenEffects(): void
    {
        $events = self::golden('signals/events.csv');
        $log = self::golden('signals/orders.csv');
        $customers = self::golden('signals/customers.csv');
        $orders = new Orders(self::ints($log, 'customer'), self::ints($log, 'day'), array_map('floatval', array_column($log, 'value')));
        $groups = new Groups(array_combine(self::ints($customers, 'customer'), self::ints($customers, 'group')));
        foreach (self::golden('signals/effects.csv') as $row) {
            $chosen = array_values(array_filter($events, static fn (array $event): bool => $event['kind'] === $row['kind']));
            $found = (new Signals(self::ints($chosen, 'customer'), self::ints($chosen, 'day')))->effect(
                $orders,
                (int) $row['end'],
                (int) $row['exposure'],
                (int) $row['horizon'],
                (int) $row['numbers'],
                (int) $row['classes'],
                $row['edges'] === '' ? null : new Periods(array_map('intval', explode(' ', $row['edges']))),
                $row['grouped'] === '1' ? $groups : null,
            );
            foreach (array_diff_key($found->toArray(), ['strangers' => 0]) as $name => $value) {
                $cell = $row[strtolower(preg_replace('/[A-Z]/', '_$0', $name))];
                self::assertNear($cell === '' ? NAN : (float) $cell, $value, 1e-13);
            }
        }
    }

    public function testKnowsCustomersByTheirNames(): void
    {
        $tickets = new Signals(['ann', 'ann', 'bob', 'zoe'], ['2024-01-10', '2024-04-04', '2024-02-09', '2024-02-09']);
        $table = $tickets->perCustomer(['eve', 'bob', 'ann'], '2024-04-09', windowDays: 90);
        self::assertSame(['eve', 'bob', 'ann'], $table->customers);
        self::assertSame([0.0, 1.0, 1.0], $table->columns['count']);
        self::assertSame([60.0, 5.0], array_slice($table->columns['daysSinceLast'], 1));
        $orders = new Orders(['ann', 'bob', 'bob'], ['2024-01-01', '2024-01-01', '2024-02-15'], [1.0, 1.0, 1.0]);
        $effect = $tickets->effect($orders, '2024-12-31');
        self::assertSame([1.0, 2.0, 0.0, 1.0], [$effect->exposed, $effect->unexposed, $effect->exposedReturned, $effect->unexposedReturned]);
        self::assertCount(4, $tickets);
    }

    public function testNamesFiguresOfAnyKindApart(): void
    {
        $table = (new Signals([1, 1], [3, 4], ['p_value_x', 'x']))->perCustomer([1], 9);
        self::assertCount(19, $table->columns);
        self::assertArrayHasKey('trendPValue_x', $table->columns);
    }

    public function testTakesEveryKindOfColumn(): void
    {
        $want = (new Signals([1, 2, 1], [3, 4, 5]))->perCustomer([2, 1], 9);
        $packed = new Signals(pack('q*', 1, 2, 1), pack('q*', 3, 4, 5));
        $columns = new Signals(Column::int64([1, 2, 1]), Column::int64([3, 4, 5]));
        self::assertSame(json_encode($want), json_encode($packed->perCustomer(pack('q*', 2, 1), 9)));
        self::assertSame(json_encode($want), json_encode($columns->perCustomer(Column::int64([2, 1]), 9)));
        self::assertCount(0, (new Signals([], []))->perCustomer([], 9));
    }

    public function testRefusesWhatMakesNoSense(): void
    {
        $signals = new Signals([1], [3]);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => $signals->perCustomer([1, 1], 9)));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => $signals->perCustomer([1, 'x'], 9)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $signals->perCustomer([1], 9, 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $signals->perCustomer([1], 9, knownSince: [1, 2])));
        $orders = new Orders(['ann'], [0], [1.0]);
        $thrown = self::thrownBy(static fn () => (new Signals(['ann'], [3]))->effect($orders, 9, by: new Groups(['bob' => 1])));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertStringContainsString("'ann'", $thrown->getMessage());
    }
}
