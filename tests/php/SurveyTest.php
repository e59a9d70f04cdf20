<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Survey;
use Retain\SurveyChoice;

final class SurveyTest extends TestCase
{
    public function testMeetsTheGoldenFigures(): void
    {
        $rows = self::golden('survey/responses.csv');
        $by = array_map('intval', array_column($rows, 'group'));
        $found = [
            'nps' => Survey::nps(array_map('floatval', array_column($rows, 'nps')), $by),
            'csat' => Survey::csat(array_map('floatval', array_column($rows, 'csat')), $by),
            'ces' => Survey::ces(array_map('floatval', array_column($rows, 'ces')), $by),
        ];
        foreach (self::golden('survey/figures.csv') as $row) {
            $figures = $found[$row['figure']];
            $at = $row['group'] === '' ? null : array_search((int) $row['group'], $figures->groups, true);
            if ($at === false) {
                self::assertSame('0', $row['n']);
                continue;
            }
            $got = static fn (string $name): float => $at === null ? $figures->total[$name] : $figures->columns[$name][$at];
            self::assertSame((float) $row['n'], $got('responses'));
            self::assertNear((float) $row['value'], $got($row['figure']), 1e-14);
            self::assertNear((float) $row['low'], $got('low'), 1e-12);
            self::assertNear((float) $row['high'], $got('high'), 1e-12);
        }
        $rows = $found['nps']->rows();
        foreach (self::golden('survey/differences.csv') as $at => $row) {
            $difference = Survey::difference($rows[$at], $rows[0]);
            self::assertNear((float) $row['difference'], $difference->difference, 1e-14);
            self::assertNear((float) $row['low'], $difference->low, 1e-12);
        }
        self::assertIsString(json_encode($found, JSON_THROW_ON_ERROR));
    }

    public function testMeetsTheGoldenRetention(): void
    {
        $rows = self::golden('survey/responses.csv');
        $log = self::golden('survey/orders.csv');
        $ints = static fn (array $table, string $name): array => array_map('intval', array_column($table, $name));
        $orders = new Orders($ints($log, 'customer'), $ints($log, 'day'), array_map('floatval', array_column($log, 'value')));
        $choices = ['first' => SurveyChoice::First, 'last' => SurveyChoice::Last, 'each' => SurveyChoice::Each];
        foreach (self::golden('survey/retention.csv') as $row) {
            $found = Survey::retention(
                $ints($rows, 'customer'),
                $ints($rows, 'day'),
                $ints($rows, 'nps'),
                $orders,
                400,
                horizonDays: (int) $row['horizon'],
                choice: $choices[$row['choice']],
            );
            if ($row['class'] === 'difference') {
                self::assertNear((float) $row['rate'], $found->difference, 1e-13);
                self::assertNear((float) $row['high'], $found->differenceHigh, 1e-12);
                self::assertSame((int) $row['returned'], $found->repeatResponses);
            } else {
                $class = (int) $row['class'];
                self::assertSame((float) $row['counted'], $found->counted[$class]);
                self::assertSame((float) $row['returned'], $found->returned[$class]);
                self::assertNear((float) $row['low'], $found->low[$class], 1e-12);
            }
        }
    }

    public function testTakesEveryKindOfColumnAndOfGroup(): void
    {
        $score = [10, 9, 7, 3];
        $months = Survey::nps($score, ['b', 'a', 'b', 'b']);
        self::assertSame(['a', 'b'], $months->groups);
        self::assertSame([1.0, 0.0], $months->columns['nps']);
        self::assertSame(0.25, $months->total['nps']);
        self::assertCount(2, $months);
        foreach ([[7, -2, 7, 7], pack('q*', 7, -2, 7, 7), Column::int64([7, -2, 7, 7])] as $group) {
            $found = Survey::nps(pack('d*', ...$score), $group);
            self::assertSame([-2, 7], $found->groups);
            self::assertSame([1.0, 0.0], $found->columns['nps']);
        }
        self::assertSame([], Survey::csat([5, 1])->groups);
        self::assertSame(0.25, Survey::npsOf(2, 1, 4));
        self::assertNear(-0.504687, Survey::npsLow(2, 1, 4), 1e-6);
        self::assertNear(0.778338, Survey::npsHigh(2, 1, 4), 1e-6);
        self::assertSame([0.3, 0.1], Survey::response([30, 5], [100, 50])->columns['rate']);
    }

    public function testKnowsCustomersByTheirNames(): void
    {
        $orders = new Orders(['ann', 'bob', 'ann'], ['2024-01-01', '2024-01-02', '2024-02-01'], [1, 1, 1]);
        $found = Survey::retention(['eve', 'ann', 'bob'], array_fill(0, 3, '2024-01-20'), [10, 9, 0], $orders, '2024-12-31', 30);
        self::assertSame([1.0, 0.0, 2.0], $found->counted);
        self::assertSame([0.0, 0.0, 1.0], $found->returned);
        self::assertCount(3, $found);
        self::assertSame([2, 2.0, 1.0, 0.5], array_values(array_slice($found->rows()[2], 0, 4)));
        $thrown = self::thrownBy(static fn () => Survey::nps([9], level: 95));
        self::assertSame('level is 95; it must lie between 0 and 1: 0.95 for intervals of 95 %', $thrown->getMessage());
    }

    public function testRefusesWhatIsOutsideTheScale(): void
    {
        $thrown = self::thrownBy(static fn () => Survey::nps([10, 11]));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame(1, $thrown->row);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Survey::csat([3, 6])));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Survey::ces([8])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Survey::nps([1], level: 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Survey::nps([1, 2], ['a'])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Survey::difference([], [])));
    }
}
