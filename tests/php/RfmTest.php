<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Rate;
use Retain\Rfm;
use Retain\Rfm\Scores;
use Retain\Rfm\Segment;
use Retain\Rfm\TierKind;

final class RfmTest extends TestCase
{
    private static function scored(string $end): Scores
    {
        $customers = (new Orders(...self::cdnow()))->summary($end);
        return Rfm::fit($customers, $end)->scores($customers, $end);
    }

    public function testScoresMadeUpCustomersAsExactFractionsDo(): void
    {
        $sets = [];
        foreach (self::golden('rfm/scores.csv') as $row) {
            $sets[$row['dataset'] . ' ' . $row['bins']][] = $row;
        }
        foreach ($sets as $name => $rows) {
            $given = array_map(
                static fn (string $column): array => array_map('floatval', array_column($rows, $column)),
                ['days_since_last', 'occasions', 'revenue']
            );
            $scores = Rfm::fitColumns(...[...$given, (int) $rows[0]['bins']])->scoreColumns(...$given);
            foreach (['r', 'f', 'm'] as $score) {
                self::assertSame(array_map('intval', array_column($rows, $score)), $scores->$score, "$name $score");
            }
        }
    }

    public function testFindsTheSegmentsOfCdnowThatPlainPythonFinds(): void
    {
        $scores = self::scored('1998-06-30');
        $table = $scores->table();
        $rows = $table->rows();
        foreach (self::golden('rfm/cdnow_segments.csv') as $i => $row) {
            self::assertSame($row['segment'], $rows[$i]['segment']);
            self::assertSame((float) $row['customers'], $table->customers[$i]);
            self::assertNear($row['cents'] / 100, $table->revenue[$i], 1e-9);
            $mean = $row['customers'] > 0 ? $row['days_since_last'] / $row['customers'] : NAN;
            self::assertNear($mean, $table->daysSinceLast[$i], 1e-9);
            self::assertSame(Rate::low((float) $row['customers'], 2349.0), $table->shareLow[$i]);
        }
        self::assertSame('all', $rows[11]['segment']);
        self::assertSame(2349.0, $table->customers[11]);
        self::assertCount(11, $table);
        $codes = $scores->table(range(0, 124));
        foreach (self::golden('rfm/cdnow_codes.csv') as $code => $row) {
            self::assertSame((float) $row['customers'], $codes->customers[$code]);
            self::assertSame($row['segment'], Segment::of((int) $row['r'], (int) $row['f'], (int) $row['m'])->label());
        }
        self::assertSame('124', $codes->rows()[124]['segment']);
        self::assertSame(array_count_values(array_map(static fn (Segment $s): int => $s->value, $scores->segments()))[0], (int) $table->customers[0]);
        self::assertIsString(json_encode([$table, $scores], JSON_THROW_ON_ERROR));
    }

    public function testFollowsCustomersOfCdnowFromDateToDate(): void
    {
        [$before, $after] = [self::scored('1997-09-30'), self::scored('1998-06-30')];
        $moved = $before->migration($after);
        $golden = self::golden('rfm/cdnow_moves.csv');
        foreach ($golden as $i => $row) {
            self::assertSame((float) $row['customers'], $moved->customers[intdiv($i, 12)][$i % 12]);
        }
        self::assertCount(11, $moved);
        self::assertSame($moved->customers[0][1] / array_sum($moved->customers[0]), $moved->share[0][1]);
        self::assertSame(Rate::high($moved->customers[0][1], array_sum($moved->customers[0])), $moved->high[0][1]);
        self::assertEquals(2349, array_sum(array_map('array_sum', $moved->customers)));
    }

    public function testJoinsCustomersThatAreStrings(): void
    {
        $before = new Scores([5, 1], [5, 1], [5, 1], id: ['ann', 'bob']);
        $after = new Scores([5, 5, 1], [5, 5, 1], [5, 5, 1], id: ['Zoe', 'ann', 'bob']);
        $moved = $before->migration($after, Rfm::map(static fn (int $r): int => $r === 5 ? 0 : 1));
        self::assertSame([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]], $moved->customers);
        $digits = new Scores([5, 1], [5, 1], [5, 1], id: ['10', '9']);
        self::assertSame(1.0, $digits->migration($digits)->customers[10][10]);
        $numbers = new Scores([5], [5], [5], id: pack('q', 7));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => $before->migration($numbers)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $before->migration(new Scores([], [], []))));
    }

    public function testKeepsCutsForOtherCustomersAndLater(): void
    {
        $rfm = new Rfm([30, 60, 90, 180], [2, 3, 4, 5], [10, 50, 100, 500]);
        $scores = $rfm->scoreColumns([5, 100], [4, 1], [80, 9]);
        self::assertSame([Segment::LoyalCustomers, Segment::Hibernating], $scores->segments());
        $alike = Rfm::fitColumns([7, 7], [1, 1], [5, 5]);
        self::assertSame([-INF, -INF, 7.0, 7.0], $alike->recency);
        $stored = json_decode(json_encode($alike), true);
        self::assertEquals($alike, new Rfm(...$stored));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => new Rfm([2, 1], [1, 2], [1, 2])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => new Rfm([1], [1, 2], [1])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Rfm::fitColumns([1], [1], [1], 1)));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Rfm::fitColumns([], [], [])));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Rfm::fitColumns([NAN], [1], [1])));
    }

    public function testEverySegmentHasAdviceAndEveryCodeASegment(): void
    {
        foreach (Segment::cases() as $segment) {
            self::assertNotSame('unknown', $segment->label());
            self::assertGreaterThan(20, strlen($segment->advice()));
        }
        $found = array_count_values(Rfm::map(static fn (int $r, int $f, int $m): Segment => Segment::of($r, $f, $m)));
        self::assertCount(11, $found);
        self::assertSame(125, array_sum($found));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Segment::of(0, 1, 1)));
    }

    public function testMeasuresConcentrationAsExactFractionsDo(): void
    {
        $z = 1.959963984540054;
        foreach (self::golden('rfm/concentration.csv') as $row) {
            $values = array_map('floatval', explode(' ', $row['values']));
            $error = $row['standard_error'] === '' ? null : (float) $row['standard_error'];
            if ($row['figure'] === 'gini') {
                $got = Rfm::gini($values);
            } else {
                $curve = Rfm::lorenz($values, [(float) $row['p']]);
                self::assertNear((float) $row['value'], $curve->share[0], 1e-15);
                $got = Rfm::topShare($values, 1 - (float) $row['p']);
                $row['value'] = 1 - (float) $row['value'];
            }
            self::assertNear((float) $row['value'], $got->value, 1e-15);
            if ($error === 0.0 && !in_array($row['p'], ['0.0', '1.0'], true)) {
                self::assertNan($got->low);
            } elseif ($error !== null) {
                self::assertNear(max(0.0, $row['value'] - $z * $error), $got->low, 2e-12);
                self::assertNear(min(1.0, $row['value'] + $z * $error), $got->high, 2e-12);
            }
        }
        self::assertNan(Rfm::gini([0, 0])->value);
    }

    public function testPutsCustomersIntoTiersInTheKindOfTheColumn(): void
    {
        self::assertSame([0, 1, 0, 1], Rfm::tiers([4, 1, 4, 1]));
        self::assertSame([1, 1, 0], Rfm::tiers([1, 2, 3], TierKind::Customers, [0.3]));
        self::assertSame(pack('C*', 0, 1), Rfm::tiers(pack('d*', 9, 1)));
        self::assertSame([0, 1], Rfm::tiers(Column::float64([9, 1]))->toArray());
        $table = Rfm::table(Rfm::tiers([4, 1, 4, 1]), 3, revenue: [4, 1, 4, 1]);
        self::assertSame([2.0, 2.0, 0.0, 4.0], $table->customers);
        self::assertSame(['A', 'B', 'C', 'all'], array_column($table->rows(['A', 'B', 'C']), 'segment'));
        self::assertSame(['0', '1', '2', 'all'], array_column($table->rows(), 'segment'));
        self::assertNan($table->daysSinceLast[0]);
    }

    public function testDrawsTheWholeLorenzCurveUnlessToldThePoints(): void
    {
        $curve = Rfm::lorenz([1.0, 2.0, 3.0, 4.0]);
        self::assertCount(101, $curve->p);
        self::assertSame([0.5], Rfm::lorenz([1.0, 2.0], \Retain\Column::float64([0.5]))->p);
        $nobody = self::thrownBy(static fn () => Rfm::fitColumns([], [], []));
        self::assertStringStartsWith('customers has no rows;', $nobody->getMessage());
        self::assertSame([0.0, 0.25, 1.0], [$curve->p[0], $curve->p[25], $curve->p[100]]);
        self::assertNear(0.1, $curve->share[25], 1e-15);
    }
}
