<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Ledger;
use Retain\Orders;
use Retain\Periods;

/** The books of a small shop, and what orders can tell about the first of them. */
final class LedgerTest extends TestCase
{
    private const FIELDS = [
        'orders' => 'orders', 'refundedOrders' => 'refunded_orders', 'gross' => 'gross', 'refundsByOrder' => 'refunds_by_order',
        'refundsByDay' => 'refunds_by_day', 'netByOrder' => 'net_by_order', 'netByDay' => 'net_by_day', 'unmatched' => 'unmatched',
        'cancelled' => 'cancelled',
    ];

    private static function shop(): Orders
    {
        $rows = self::golden('ledger/rows.csv');
        $ints = static fn (string $name): array => array_map(intval(...), array_column($rows, $name));
        return new Orders(
            $ints('customer'),
            $ints('day'),
            array_map(floatval(...), array_column($rows, 'value')),
            $ints('order'),
            $ints('cancelled')
        );
    }

    public function testKeepsTheBooksOfTheGoldenShop(): void
    {
        $want = self::golden('ledger/periods.csv');
        $edges = [...array_map(intval(...), array_column($want, 'begin')), (int) end($want)['end']];
        $orders = self::shop();
        $end = end($edges) - 1;
        $books = Ledger::periods($orders, $end, new Periods($edges));
        self::assertCount(count($want), $books);
        foreach ($want as $k => $row) {
            foreach (self::FIELDS as $property => $field) {
                self::assertSame((float) $row[$field], $books->$property[$k], "$field of period $k");
            }
        }
        $report = $orders->summary($end)->report;
        self::assertNear($report->keptValue + $report->refundedValue, $books->totals->net, 1e-9);
        self::assertNear(array_sum($books->netByDay), $books->totals->net, 1e-9);
        self::assertNear(array_sum($books->netByOrder), $books->totals->net, 1e-9);
        self::assertNear(array_sum($orders->value), $books->totals->money, 1e-9);
        self::assertSame($report->keptGross + $report->keptRefunds, $report->keptValue);
        self::assertSame('2024-01-01', $books->rows()[0]['period']);
        self::assertTrue($books->rows()[0]['complete']);
        self::assertSame($books->gross[1], json_decode(json_encode($books), true)['gross'][1]);
    }

    public function testLeavesTheFutureOpenAndNoRowOut(): void
    {
        $books = Ledger::periods(new Orders([1], [5], [2.0]), 9, new Periods([0, 8, 12, 20]));
        self::assertSame([true, false, false], $books->complete);
        self::assertSame([2.0, 0.0], array_slice($books->gross, 0, 2));
        self::assertNan($books->gross[2]);
        $thrown = self::thrownBy(static fn () => Ledger::periods(new Orders([1], [5], [2.0]), 9, new Periods([6, 8])));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame('orders.day[0] is 5 (1970-01-06); it must not lie before edges[0] = 6 (1970-01-07)', $thrown->getMessage());
        self::assertSame(0, $thrown->row);
    }

    public function testTellsTheFirstProductOfEachCustomer(): void
    {
        $orders = new Orders(['eve', 'ann', 'ann', 'eve', 'bob', 'bob'], [4, 1, 1, 9, 2, 2], [1, 2, 3, 4, -5, 5]);
        $groups = $orders->first(['tea', 'pot', 'cup', 'cup', 'axe', 'tea'], 20);
        self::assertSame(['cup', 'tea'], $groups->labels);
        self::assertSame([[0, 1, 2], [0, 1, 1], 2], $groups->columns($orders)); // ann, bob, eve
        $packed = new Orders(pack('q*', 9, 4), pack('q*', 0, 1), pack('d*', 1, 1));
        self::assertSame([[4, 9], [0, 1], 2], $packed->first([7, 5], 3)->columns($packed));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $orders->first([1], 20)));
    }

    public function testReadsLogsWithLittleMemory(): void
    {
        $n = 100000;
        mt_srand(5);
        $draw = static fn (int $below): array => array_map(static fn (): int => mt_rand(0, $below - 1), range(1, $n));
        $orders = new Orders(pack('q*', ...$draw(9000)), pack('q*', ...$draw(300)), pack('d*', ...$draw(100)));
        $want = $orders->summary(299);
        $got = $orders->summary(299, context: new Context(lowMemory: true));
        foreach (['id', 'frequency', 't_x', 'T', 'spend', 'revenue'] as $name) {
            self::assertSame($want->$name, $got->$name);
        }
        self::assertEquals($want->report, $got->report);
    }
}
