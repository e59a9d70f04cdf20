<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Column;
use Retain\Columns;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Orders;

final class OrdersTest extends TestCase
{
    public function testMakesTheCustomersOfTheHeadersExample(): void
    {
        $customers = (new Orders(customer: [7, 7, 9, 7], day: [0, 14, 3, 14], value: [10.0, 20.0, 5.0, 4.0]))->summary(observationEnd: 28);
        self::assertSame([7, 9], $customers->id);
        self::assertSame([1.0, 0.0], $customers->frequency);
        self::assertSame([14.0, 0.0], $customers->t_x);
        self::assertSame([28.0, 25.0], $customers->T);
        self::assertSame(24.0, $customers->spend[0]);
        self::assertNan($customers->spend[1]);
        self::assertSame([0, 3], $customers->firstDay);
        self::assertSame([14, 3], $customers->lastDay);
        self::assertSame([3.0, 1.0], $customers->orders);
        self::assertSame([2.0, 1.0], $customers->occasions);
        self::assertSame([17.0, 5.0], $customers->spendAll);
        self::assertSame([34.0, 5.0], $customers->revenue);
        self::assertSame(4, $customers->report->rows);
        self::assertSame(39.0, $customers->report->keptValue);
        self::assertCount(2, $customers);
    }

    /** Sums of the literature's calibration: 2,357 customers, with the 8 zero orders counted. */
    public function testMakesTheCalibrationOfCdnow(): void
    {
        $customers = self::cdnowCustomers();
        self::assertCount(2357, $customers);
        self::assertEquals(2457, array_sum($customers->frequency));
        self::assertNear(16135.571429, array_sum($customers->t_x), 1e-6);
        self::assertNear(77111.285714, array_sum($customers->T), 1e-6);
        $without = (new Orders(...self::cdnow()))->summary('1997-09-30', unitDays: 7);
        self::assertCount(2349, $without);
        self::assertNear(76834.285714, array_sum($without->T), 1e-6);
        self::assertSame(8, $without->report->lostCustomers);
        self::assertSame('00004', $customers->id[0]);
    }

    public function testCountsTheHoldoutOfCdnow(): void
    {
        $orders = new Orders(...self::cdnow());
        $customers = $orders->summary('1997-09-30', unitDays: 7, countZeroOrders: true);
        $holdout = $orders->holdout($customers, '1997-09-30', '1998-06-30');
        self::assertEquals(1882, array_sum($holdout->occasions));
        $stranger = new Customers([0], [0], [1], 7, id: ['nobody']);
        $thrown = self::thrownBy(static fn () => $orders->holdout($stranger, '1997-09-30', '1998-06-30'));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertStringContainsString("'nobody'", $thrown->getMessage());
    }

    public function testGivesBackTheIdsItWasGiven(): void
    {
        $day = [0, 1, 2, 3];
        $value = [1, 1, 1, 1];
        self::assertSame(['10', '9', 'a@x', 'b'], (new Orders(['b', '9', 'a@x', '10'], $day, $value))->summary(9)->id);
        self::assertSame([-5, 9, 10, PHP_INT_MAX], (new Orders([10, 9, PHP_INT_MAX, -5], $day, $value))->summary(9)->id);
        self::assertSame(pack('q*', 1, 2), (new Orders(pack('q*', 2, 1, 1, 2), pack('q*', ...$day), pack('d*', ...$value)))->summary(9)->id);
        foreach ([[1, 'a'], ['a', 1], ['a', null], ['a', 2.5]] as $mixed) {
            $thrown = self::thrownBy(static fn () => (new Orders($mixed, [0, 1], [1, 1]))->summary(9));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString('customer[1]', $thrown->getMessage());
            self::assertSame(1, $thrown->row);
        }
    }

    public function testDoesNotMindTheOrderOfTheRows(): void
    {
        [$customer, $day, $value] = self::cdnow();
        $rows = array_keys($customer);
        mt_srand(7);
        shuffle($rows);
        $pick = static fn (array $column): array => array_map(static fn (int $row): mixed => $column[$row], $rows);
        $want = (new Orders($customer, $day, $value))->summary('1998-06-30');
        self::assertEquals(
            Columns::forJson(iterator_to_array($want->rows())),
            Columns::forJson(iterator_to_array((new Orders($pick($customer), $pick($day), $pick($value)))->summary('1998-06-30')->rows()))
        );
    }

    public function testAnswersInTheKindOfItsColumns(): void
    {
        [$customer, $day, $value] = [[1, 2, 1], [0, 3, 40], [1.0, 2.0, 3.0]];
        $lists = (new Orders($customer, $day, $value))->summary(50);
        $packed = (new Orders(pack('q*', ...$customer), pack('q*', ...$day), pack('d*', ...$value)))->summary(50);
        $columns = (new Orders(Column::int64($customer), Column::int64($day), Column::float64($value)))->summary(50);
        foreach (['id' => 'q', 'firstDay' => 'q', 'frequency' => 'd', 't_x' => 'd', 'T' => 'd', 'revenue' => 'd'] as $name => $format) {
            self::assertIsArray($lists->$name);
            self::assertSame(pack("$format*", ...$lists->$name), $packed->$name, $name);
            self::assertInstanceOf(Column::class, $columns->$name);
            self::assertSame($lists->$name, $columns->$name->toArray(), $name);
        }
        self::assertCount(2, $packed);
        self::assertEquals(
            Columns::forJson(iterator_to_array($lists->rows(score: [0.5, 0.25]))),
            Columns::forJson(iterator_to_array($packed->rows(score: pack('d*', 0.5, 0.25))))
        );
    }

    public function testReadsRowsAsDriversReturnThem(): void
    {
        $pdo = new \PDO('sqlite::memory:');
        $pdo->exec('CREATE TABLE orders (email TEXT, at TEXT, total TEXT, number TEXT, gone INTEGER)');
        $pdo->exec("INSERT INTO orders VALUES ('b@x', '2024-01-01 23:30:00', '10.50', 'A-1', 0), ('a@x', '2024-01-02 10:00:00', '5', 'A-2', 0),
            ('b@x', '2024-02-01 00:10:00', '-10.50', 'A-1', 0), ('b@x', '2024-03-01 12:00:00', '7', 'A-3', 1), ('b@x', '2024-03-05 12:00:00', '8', 'A-4', 0)");
        $read = static fn (int $mode): Orders => Orders::read(
            $pdo->query('SELECT * FROM orders', $mode),
            customer: $mode === \PDO::FETCH_NUM ? 0 : 'email',
            time: $mode === \PDO::FETCH_NUM ? 1 : 'at',
            value: $mode === \PDO::FETCH_NUM ? 2 : 'total',
            order: $mode === \PDO::FETCH_NUM ? 3 : 'number',
            cancelled: $mode === \PDO::FETCH_NUM ? 4 : 'gone',
            calendar: new Calendar('Europe/Berlin'),
            written: 'UTC',
        );
        foreach ([\PDO::FETCH_ASSOC, \PDO::FETCH_NUM, \PDO::FETCH_OBJ] as $mode) {
            $customers = $read($mode)->summary('2024-03-31');
            self::assertSame(['a@x', 'b@x'], $customers->id);
            self::assertSame([0.0, 0.0], $customers->frequency->toArray());
            self::assertSame([5.0, 8.0], $customers->revenue->toArray());
            self::assertSame(1.0, $customers->report->refundedOrders);
            self::assertSame(1.0, $customers->report->cancelledOrders);
        }
    }

    public function testNamesTheFieldAndTheRowThatCannotBeRead(): void
    {
        $good = ['customer' => 1, 'day' => '2024-01-01', 'value' => 1];
        $bad = [
            'customer' => ['x', null, 1.5],
            'day' => ['2024-02-30', '', null, 1.5, []],
            'value' => ['', 'abc', null, [], '1,5'],
        ];
        foreach ($bad as $field => $bads) {
            foreach ($bads as $bad) {
                $thrown = self::thrownBy(static fn () => Orders::read([$good, [$field => $bad] + $good], day: 'day'));
                self::assertInstanceOf(DataException::class, $thrown);
                self::assertStringStartsWith("{$field}[1] is ", $thrown->getMessage());
                self::assertSame(1, $thrown->row);
            }
        }
        $missing = self::thrownBy(static fn () => Orders::read([['customer' => 1, 'day' => 1]], day: 'day'));
        self::assertSame("rows[0] has no field 'value'", $missing->getMessage());
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Orders::read([5], day: 'day')));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Orders::read([$good])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Orders::read([$good], time: 'day')));
        $time = self::thrownBy(static fn () => Orders::read([$good, ['day' => 'x'] + $good], time: 'day', calendar: new Calendar()));
        self::assertStringStartsWith("day[1] is 'x'", $time->getMessage());
    }

    public function testMergesLogsThatWereCutAnywhere(): void
    {
        [$customer, $day, $value] = self::cdnow();
        $whole = new Orders($customer, $day, $value);
        $cut = static fn (int $from, ?int $to): Orders => new Orders(
            array_slice($customer, $from, $to),
            array_slice($day, $from, $to),
            array_slice($value, $from, $to)
        );
        $merged = Orders::merge($cut(3000, null)->compact(), $cut(0, 1000)->compact(), $cut(1000, 2000));
        self::assertSame($whole->names, $merged->names);
        $want = $whole->compact();
        $got = $merged->compact();
        foreach (['customer' => 'q', 'day' => 'q', 'value' => 'd', 'valueLow' => 'd', 'multiple' => 'd'] as $name => $format) {
            self::assertSame(Columns::pack($want->$name, $format), Columns::pack($got->$name, $format), $name);
        }
        self::assertEquals($whole->summary('1998-06-30')->revenue, Columns::list($got->summary('1998-06-30')->revenue, 'd'));
        self::assertCount(0, Orders::merge());
        $ids = new Orders([1], [0], [1]);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Orders::merge($whole, $ids)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Orders::merge($ids, new Orders([1], [0], [1], order: ['a']))));
        self::assertCount(2, Orders::merge($ids, $ids));
    }

    public function testKeepsOrdersTogetherAcrossLogsByTheirIds(): void
    {
        $sale = new Orders(['a'], [0], [10], order: ['N-1']);
        $refund = new Orders(['a', 'a'], [5, 6], [3, -10], order: ['N-2', 'N-1']);
        $customers = Orders::merge($sale, $refund)->summary(9);
        self::assertSame(1.0, $customers->report->refundedOrders);
        self::assertSame(['a'], $customers->id);
    }

    public function testTellsTheLastDay(): void
    {
        self::assertSame(3, (new Orders([1, 1], ['1970-01-04', '1970-01-09'], [1, 0]))->lastDay());
        self::assertSame(8, (new Orders([1, 1], ['1970-01-04', '1970-01-09'], [1, 0]))->lastDay(countZeroOrders: true));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => (new Orders([], [], []))->lastDay()));
    }

    public function testTakesDaysAsDates(): void
    {
        $dates = ['2024-01-31', '2024-02-01'];
        $objects = array_map(static fn (string $date): \DateTimeInterface => new \DateTime("$date 23:59:59", new \DateTimeZone('Asia/Tokyo')), $dates);
        self::assertSame([19753, 19754], (new Orders([1, 1], $dates, [1, 1]))->day);
        self::assertSame([19753, 19754], (new Orders([1, 1], $objects, [1, 1]))->day);
        self::assertSame([19753, 19754], (new Orders([1, 1], ['2024-01-31 10:00:00', '2024-02-01'], [1, 1]))->day);
        foreach (['2024-13-01', '2024-01-01T10:00:00Z', '', null, 5] as $bad) {
            $thrown = self::thrownBy(static fn () => new Orders([1, 1], ['2024-01-31', $bad], [1, 1]));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringStartsWith('day[1] is ', $thrown->getMessage());
        }
    }

    public function testFindsDistinctCustomers(): void
    {
        $customers = new Customers(frequency: [2, 0, 2], t_x: [3, 0, 3], T: [5, 5, 5], unitDays: 7);
        ['customers' => $distinct, 'rowOf' => $rowOf] = $customers->distinct();
        self::assertSame([0.0, 2.0], $distinct->frequency);
        self::assertSame([1.0, 2.0], $distinct->weight);
        self::assertSame([1, 0, 1], $rowOf);
        self::assertNull($distinct->spend);
    }

    public function testRefusesOptionsThatMeanNothing(): void
    {
        $orders = new Orders([1], [0], [1]);
        foreach ([['unitDays' => 0.0], ['unitDays' => NAN], ['occasionDays' => 0], ['unitDays' => -1.0]] as $options) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $orders->summary(9, ...$options)));
        }
        $thrown = self::thrownBy(static fn () => $orders->summary('2024-02-30'));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString('2024-02-30', $thrown->getMessage());
        $rows = self::thrownBy(static fn () => iterator_to_array((new Customers([1], [1], [1], 7))->rows(alive: [1, 2])));
        self::assertSame('alive has 2 rows, frequency has 1', $rows->getMessage());
    }

    public function testRefusesDatesThatAreWrittenAsInts(): void
    {
        $days = [20240105, 20240229];
        foreach ([$days, pack('q*', ...$days), Column::int64($days), ['20240105', '20240229']] as $given) {
            $thrown = self::thrownBy(static fn () => new Orders([1, 2], $given, [1, 1]));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringStartsWith('day[0] is 20240105, and all look like dates', $thrown->getMessage());
            self::assertSame(0, $thrown->row);
        }
        $rows = array_map(static fn (int $day): array => ['customer' => 1, 'day' => $day, 'value' => 1], $days);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Orders::read($rows, day: 'day')));
        $told = new Orders([1, 2], $days, [1, 1], dayNumbers: true);
        self::assertSame(2, count($told->compact()));
        self::assertSame(2, count(Orders::merge($told, new Orders([], [], []))));
        self::assertCount(2, Orders::read($rows, day: 'day', dayNumbers: true));
        self::assertSame($days, (new Orders([1, 2], $days, [1, 1], dayNumbers: true))->day);
        self::assertSame([20240105, 19723], (new Orders([1, 2], [20240105, 19723], [1, 1]))->day);
        $thrown = self::thrownBy(static fn () => $told->summary(20240630));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString("'2024-06-30'", $thrown->getMessage());
        self::assertCount(2, $told->summary(\Retain\Day::date(20240630)));
    }

    public function testRefusesBlankOrderIds(): void
    {
        foreach (['', ' '] as $blank) {
            $thrown = self::thrownBy(static fn () => new Orders([1, 1], [0, 1], [1, 1], order: ['a', $blank]));
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringStartsWith('order[1] is blank', $thrown->getMessage());
            self::assertSame(1, $thrown->row);
            $rows = [['customer' => 1, 'day' => 0, 'value' => 1, 'id' => 'a'], ['customer' => 1, 'day' => 1, 'value' => 1, 'id' => $blank]];
            $thrown = self::thrownBy(static fn () => Orders::read($rows, day: 'day', order: 'id'));
            self::assertStringStartsWith('id[1] is blank', $thrown->getMessage());
            self::assertSame(1, $thrown->row);
        }
    }
}
