<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Groups;
use Retain\Orders;

/** Tables that give each customer a label. */
final class GroupsTest extends TestCase
{
    public function testNumbersLabelsInAscendingOrder(): void
    {
        $orders = new Orders(['eve', 'ann', '7'], [0, 1, 2], [1, 1, 1]);
        $groups = new Groups(['ann' => 'IR', 'eve' => 'DE', 'nobody' => '10', '7' => 'IR']);
        self::assertSame(['10', 'DE', 'IR'], $groups->labels);
        self::assertCount(3, $groups);
        self::assertSame([[0, 1, 2], [2, 2, 1], 3], $groups->columns($orders)); // '7', 'ann', 'eve'
        $numbers = new Groups([30 => 5, -2 => 9, 4 => 5]);
        self::assertSame([5, 9], $numbers->labels);
        self::assertSame([[-2, 4, 30], [1, 0, 0], 2], $numbers->columns(new Orders([4], [0], [1])));
    }

    public function testTakesColumns(): void
    {
        $orders = new Orders([30, 10], [0, 1], [1, 1]);
        $want = [[10, 30], [1, 0], 2];
        self::assertSame($want, Groups::of([30, 10], ['a', 'b'])->columns($orders));
        self::assertSame($want, Groups::of(Column::int64([30, 10]), pack('q*', 1, 2))->columns($orders));
    }

    public function testRefusesWhatIsNoTableOfLabels(): void
    {
        foreach ([[1 => 'a', 2 => 3], [1 => 3, 2 => 'a'], [1 => null], [1 => 1.5], [1 => ['a']]] as $bad) {
            $thrown = self::thrownBy(static fn () => new Groups($bad));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString('labels must be all ints or all strings', $thrown->getMessage());
        }
        $thrown = self::thrownBy(static fn () => Groups::of([5, 5], ['a', 'a']));
        self::assertSame('customer[1] is there twice; each customer must be given once', $thrown->getMessage());
        self::assertSame(1, $thrown->row);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Groups::of([5, 6], ['a'])));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Groups::of([null], ['a'])));
        $mixed = self::thrownBy(static fn () => (new Groups(['ann' => 1]))->columns(new Orders([1], [0], [1])));
        self::assertInstanceOf(ArgumentException::class, $mixed);
        self::assertStringContainsString("'ann'", $mixed->getMessage());
    }

    public function testNamesTheCustomerWithoutAGroup(): void
    {
        $orders = new Orders(['eve', 'ann'], [0, 1], [1, 1]);
        $refuse = static function (): array {
            $refused = new DataException('orders.customer[0] is 1, who is not in by', 2);
            $refused->row = 0;
            throw $refused;
        };
        $thrown = self::thrownBy(static fn () => Groups::naming($orders, $refuse));
        self::assertSame("orders.customer[0] is 'eve', who is not in by", $thrown->getMessage());
        self::assertSame(0, $thrown->row);
        $thrown = self::thrownBy(static fn () => Groups::naming(new Orders([1], [0], [1]), $refuse));
        self::assertSame('orders.customer[0] is 1, who is not in by', $thrown->getMessage());
        self::assertSame(['a' => 1], Groups::naming($orders, static fn (): array => ['a' => 1]));
    }

    public function testTellsGrossAndRefunds(): void
    {
        $orders = new Orders(['a', 'a', 'a', 'b', 'b'], [0, 5, 9, 1, 2], [10, -4, 6, 8, -8], order: [1, 1, 2, 3, 3]);
        $customers = $orders->summary(20);
        self::assertSame([16.0], $customers->gross);
        self::assertSame([-4.0], $customers->refunds);
        self::assertSame([12.0], $customers->revenue);
        self::assertSame(16.0, $customers->report->keptGross);
        self::assertSame(-4.0, $customers->report->keptRefunds);
    }
}
