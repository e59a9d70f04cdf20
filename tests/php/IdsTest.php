<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Groups;
use Retain\Orders;
use Retain\Rfm;
use Retain\Signals;
use Retain\Survey;

/** Ids of customers: of one type and form wherever tables are joined, and never changed. */
final class IdsTest extends TestCase
{
    /** @param list<int|string> $ids */
    private static function log(array $ids): Orders
    {
        return new Orders([...$ids, ...$ids], [...array_fill(0, count($ids), 0), ...array_fill(0, count($ids), 40)], array_fill(0, 2 * count($ids), 1.0));
    }

    public function testRefusesMixedIdsAndNeverMergesThem(): void
    {
        foreach ([[1, '1', '01'], ['1', 1, '01'], [1, 2.0, 3], [1, null, 2]] as $ids) {
            $thrown = self::thrownBy(static fn () => new Orders($ids, [0, 1, 2], [1, 1, 1]));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertSame(1, $thrown->row);
            self::assertStringContainsString('ids must be all ints or all strings', $thrown->getMessage());
            self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => new Orders([1, 2, 3], [0, 1, 2], [1, 1, 1], $ids)));
            self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => new Signals($ids, [0, 1, 2])));
            self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Groups::of($ids, [1, 2, 3])));
            self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Survey::nps([9, 9, 9], $ids)));
        }
        $orders = new Orders(['1', '01', '1'], [0, 1, 2], [1, 1, 1]);
        self::assertSame(['01', '1'], $orders->summary(9)->id);
        self::assertSame('customer[0] is null; ids must be all ints or all strings', self::thrownBy(static fn () => new Orders([null], [0], [1]))->getMessage());
    }

    /** @return iterable<string, array{Orders, list<int|string>, string}> log, ids that are not its own, what the exception says */
    public function strange(): iterable
    {
        yield 'ints for strings' => [self::log(['1', '2']), [1, 2], 'are strings'];
        yield 'strings for ints' => [self::log([1, 2]), ['1', '2'], 'are ints'];
        yield 'without zeros' => [self::log(['00001', '00002']), ['1', '2'], "'00001'"];
        yield 'blanks' => [self::log(['1', '2']), ['1 ', '2'], "'1'"];
        yield 'decimals' => [self::log(['1', '2']), ['1.0', '2.0'], "'1'"];
    }

    /**
     * @dataProvider strange
     * @param list<int|string> $ids
     */
    public function testRefusesIdsOfAnotherTypeOrFormThanTheLogs(Orders $orders, array $ids, string $says): void
    {
        $own = $orders->summary(50)->id;
        foreach ([
            static fn () => Survey::retention($ids, [5, 5], [9, 9], $orders, 400),
            static fn () => (new Signals($ids, [1, 1]))->effect($orders, 400),
            static fn () => (new Signals($own, [1, 1]))->perCustomer($ids, 9),
            static fn () => Rfm::migration($own, [0, 0], $ids, [0, 0], 1),
        ] as $at => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown, "call $at");
            self::assertSame(0, $thrown->row, "call $at");
        }
        self::assertStringContainsString($says, self::thrownBy(static fn () => $orders->find($ids, 'customer'))->getMessage());
        if (is_int($ids[0]) !== is_int($own[0])) {
            $groups = Groups::of($ids, ['a', 'b']);
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $groups->columns($orders)));
            $customers = new Customers([0], [0], [1], 7, id: [$ids[0]]);
            self::assertNotNull(self::thrownBy(static fn () => $orders->holdout($customers, 5, 50)));
        }
    }

    public function testCountsStrangers(): void
    {
        foreach ([[self::log(['ann', 'bob']), ['ann', 'eve', 'eve']], [self::log([7, 8]), [7, 1, 1]]] as [$orders, $ids]) {
            self::assertSame(2, Survey::retention($ids, [5, 5, 6], [9, 9, 9], $orders, 400)->strangers);
            $signals = new Signals($ids, [5, 5, 5]);
            self::assertSame(2, $signals->effect($orders, 400)->strangers);
            $table = $signals->perCustomer([$ids[0]], 9);
            self::assertSame([3, 1, 2], [$table->events, $table->usedEvents, $table->strangers]);
        }
        self::assertSame(1, Survey::retention(pack('q*', 7, 1), [5, 5], [9, 9], self::log([7, 8]), 400)->strangers);
        self::assertSame(1, Survey::retention(['ann'], [5], [9], new Orders([], [], []), 400)->strangers);
    }

    public function testFollowsCustomersWithNamesFromSegmentToSegment(): void
    {
        $moved = Rfm::migration(['ann', 'bob'], [0, 1], ['bob', 'eve'], [0, 1], 2);
        self::assertSame([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], $moved->customers);
        self::assertEquals($moved->customers, Rfm::migration([1, 2], [0, 1], [2, 5], [0, 1], 2)->customers);
    }
}
