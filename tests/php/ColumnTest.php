<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

final class ColumnTest extends TestCase
{
    public function testKeepsWhatIsPushed(): void
    {
        $int = Column::int64();
        $float = Column::float64();
        $byte = Column::uint8();
        for ($i = 0; $i < 3000; $i++) {
            $int->push($i - 1500);
            $float->push($i / 4);
            $byte->push($i % 256);
        }
        self::assertSame(range(-1500, 1499), $int->toArray());
        self::assertSame(array_map(static fn (int $i): float => $i / 4, range(0, 2999)), $float->toArray());
        self::assertSame(255, $byte[255]);
        self::assertCount(3000, $byte);
        self::assertSame(['int64', 'float64', 'uint8'], [$int->kind(), $float->kind(), $byte->kind()]);
    }

    public function testTakesWhatDatabaseDriversReturn(): void
    {
        $float = Column::float64();
        $long = self::thrownBy(static fn () => Column::int64()->push(str_repeat('x', 1000)));
        self::assertSame('value[0] is a string of 1000 bytes; it must be an int', $long->getMessage());
        self::assertSame('value[0] is a string of 2 bytes; it must be an int', self::thrownBy(static fn () => Column::int64()->push("\0\n"))->getMessage());
        foreach (['12.50', '-3', '1e3', 7, 2.5, ' 4'] as $value) {
            $float->push($value);
        }
        self::assertSame([12.5, -3.0, 1000.0, 7.0, 2.5, 4.0], $float->toArray());
        $int = Column::int64(['12', PHP_INT_MIN, '9223372036854775807']);
        self::assertSame([12, PHP_INT_MIN, PHP_INT_MAX], $int->toArray());
        self::assertSame([1, 0, 255, 7], Column::uint8([true, false, 255, '7'])->toArray());
    }

    public function testRefusesWhatIsNoNumberAndStaysAsItIs(): void
    {
        $bad = [null, '', 'abc', '12abc', [], new \stdClass(), STDIN];
        $cases = [
            [Column::int64([1]), [...$bad, 1.0, '1.5', '1e2', true, '9223372036854775808', NAN]],
            [Column::float64([1]), [...$bad, true]],
            [Column::uint8([1]), [...$bad, -1, 256, 1.0]],
        ];
        foreach ($cases as [$column, $values]) {
            foreach ($values as $value) {
                $thrown = self::thrownBy(static fn () => $column->push($value));
                self::assertInstanceOf(DataException::class, $thrown, $column->kind() . ' ' . get_debug_type($value));
                self::assertStringStartsWith('value[1] is ', $thrown->getMessage());
                self::assertSame(1, $thrown->row);
            }
            self::assertCount(1, $column);
            $column->push(2);
            self::assertEquals([1, 2], $column->toArray());
        }
    }

    public function testIsReadLikeAnArray(): void
    {
        $column = Column::float64([1.5, 2.5]);
        self::assertSame([1.5, 2.5], iterator_to_array($column));
        self::assertSame([1.5, 2.5], iterator_to_array($column->getIterator()));
        self::assertTrue(isset($column[1]));
        self::assertFalse(isset($column[2]));
        self::assertFalse(isset($column['1']));
        self::assertSame(5.0, ($column[2] ?? 5.0));
        $pairs = [];
        foreach ($column as $i => $first) {
            foreach ($column as $j => $second) {
                $pairs[] = [$i, $j, $first * $second];
            }
        }
        self::assertSame([1, 1, 6.25], $pairs[3]);
        foreach ([-1, 2, '0', 1.0, null, PHP_INT_MAX] as $row) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $column[$row]));
        }
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Column::int64()[0]));
    }

    public function testGrowsWhileItIsWalked(): void
    {
        $column = Column::int64([1]);
        foreach ($column as $value) {
            if ($value < 1000) {
                $column->push($value + 1);
            }
        }
        self::assertCount(1000, $column);
    }

    public function testCannotBeChangedOtherwise(): void
    {
        $column = Column::int64([1, 2]);
        $attempts = [
            static function () use ($column): void { $column[0] = 5; },
            static function () use ($column): void { $column[] = 5; },
            static function () use ($column): void { unset($column[0]); },
            static function () use ($column): void { $column->name = 5; },
            static function () use ($column): void { foreach ($column as &$value) { $value = 1; } },
            static fn () => clone $column,
            static fn () => serialize($column),
            static fn () => unserialize('O:13:"Retain\Column":0:{}'),
            static fn () => new Column(),
            static fn () => (new \ReflectionClass(Column::class))->newInstance(),
            static fn () => (new \ReflectionClass(Column::class))->newInstanceWithoutConstructor(),
        ];
        foreach ($attempts as $number => $attempt) {
            self::assertNotNull(self::thrownBy($attempt), "attempt $number");
        }
        self::assertSame([1, 2], $column->toArray());
        self::assertTrue((new \ReflectionClass(Column::class))->isFinal());
    }

    public function testGoesToStringsAndBack(): void
    {
        foreach (['int64' => 'q', 'float64' => 'd', 'uint8' => 'C'] as $kind => $format) {
            $packed = pack("$format*", 1, 2, 200);
            self::assertSame($packed, Column::$kind($packed)->pack());
            self::assertSame($packed, Column::$kind(Column::$kind([1, 2, 200]))->pack());
            self::assertSame('', Column::$kind('')->pack());
        }
        self::assertSame([1.0, 2.0], Column::float64(Column::int64([1, 2]))->toArray());
        $bads = [
            ['int64', 'odd'], ['int64', 5], ['int64', Column::float64([1])], ['uint8', Column::int64([1])], ['float64', [1, [2]]],
            ['int64', [1 => 1]],
        ];
        foreach ($bads as [$kind, $bad]) {
            $thrown = self::thrownBy(static fn () => Column::$kind($bad));
            self::assertInstanceOf(\Retain\Exception\RetainException::class, $thrown);
            self::assertStringContainsString('values', $thrown->getMessage());
        }
    }

    public function testIsAListInJson(): void
    {
        self::assertSame('[1.5,null,null,2.0]', json_encode(Column::float64([1.5, NAN, -INF, 2.0]), JSON_PRESERVE_ZERO_FRACTION));
        self::assertSame('[[3,-4],[1,0],[]]', json_encode([Column::int64([3, -4]), Column::uint8([1, 0]), Column::float64()]));
    }

    public function testShowsItselfToWhoDumpsIt(): void
    {
        $shown = print_r(Column::int64(range(100, 200)), true);
        self::assertStringContainsString('[kind] => int64', $shown);
        self::assertStringContainsString('[count] => 101', $shown);
        self::assertStringContainsString('[9] => 109', $shown);
        self::assertStringNotContainsString('110', $shown);
    }

    public function testLosesNoMemoryOfWhatItRefuses(): void
    {
        $list = [...range(0, 999), 'x'];
        $try = static function () use ($list): void {
            for ($i = 0; $i < 500; $i++) {
                self::thrownBy(static fn () => Column::float64($list));
            }
        };
        $try();
        $used = memory_get_usage();
        $try();
        self::assertSame($used, memory_get_usage());
    }

    public function testTakesEightBytesARow(): void
    {
        $before = memory_get_usage();
        $column = Column::float64();
        for ($i = 0; $i < 1 << 17; $i++) {
            $column->push($i);
        }
        self::assertLessThan(1.1 * 8 * (1 << 17), memory_get_usage() - $before);
    }
}
