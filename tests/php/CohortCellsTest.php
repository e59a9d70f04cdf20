<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Calendar;
use Retain\Cohort;
use Retain\CohortAxis;
use Retain\CohortKind;
use Retain\CohortRows;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Groups;
use Retain\Orders;
use Retain\PaybackOutcome;
use Retain\Periods;
use Retain\Rate;

final class CohortCellsTest extends TestCase
{
    private static function orders(): Orders
    {
        return new Orders(
            ['ann', 'bob', 'ann', 'eve', 'ann'],
            ['2024-01-05', '2024-01-20', '2024-02-10', '2024-03-01', '2024-02-10'],
            [10.0, 5.0, 8.0, 6.0, 1.0]
        );
    }

    public function testCountsDaysFromEachCustomersOwnFirstOrder(): void
    {
        $table = Cohort::cells(self::orders(), '2024-03-30', rows: CohortRows::All, axis: CohortAxis::Rolling, ages: [0, 1, 31, 61]);
        self::assertSame([[3.0, 2.0, 2.0]], $table->exposed); /* eve came 29 days before the end */
        self::assertSame([[3.0, 0.0, 1.0]], $table->active);
        self::assertSame([[21.0, 0.0, 9.0]], $table->net);
        self::assertSame([[7.0, 7.0, 11.5]], $table->cumulative);
        self::assertSame([[true, false, false]], $table->complete);
        self::assertSame(Rate::low(1, 2), $table->share()->low[0][2]);
        self::assertSame(0.5, $table->overall()->rate[2]);
        $payback = $table->payback(9.0);
        self::assertSame([60.0], $payback->age);
        self::assertSame([PaybackOutcome::Reached], $payback->outcome);
        self::assertSame([PaybackOutcome::Missed], $table->payback([12.0])->outcome);
        self::assertIsString(json_encode([$table, $payback], JSON_THROW_ON_ERROR));
    }

    public function testRowsByBothAddUpToGroupsAndPeriods(): void
    {
        $periods = (new Calendar())->periods('2024-01-01', '2024-03-31');
        $by = new Groups(['ann' => 'IR', 'bob' => 'DE', 'eve' => 'IR']);
        $both = Cohort::cells(self::orders(), '2024-03-31', $periods, $by, CohortRows::Both, CohortAxis::Calendar);
        $group = Cohort::cells(self::orders(), '2024-03-31', $periods, $by, axis: CohortAxis::Calendar, countRunning: true);
        self::assertSame(['DE', 'IR'], $both->labels);
        self::assertCount(6, $both);
        self::assertSame([1.0, 0.0, 0.0, 1.0, 0.0, 1.0], $both->customers);
        self::assertSame([10.0, 9.0, 6.0], $group->net[1]);
        self::assertSame([10.0, 9.0, 0.0], $both->net[3]);
        self::assertNan($both->net[5][1]);
        self::assertSame(6.0, $both->net[5][2]);
    }

    public function testTakesMarginsAndDrawsTheSameIntervalsForTheSameSeed(): void
    {
        $orders = new Orders(...self::cdnow());
        $periods = (new Calendar())->periods('1997-01-01', '1998-06-30');
        $table = static fn (int $seed): array => Cohort::cells($orders, '1998-06-30', $periods, margin: 0.5, replicates: 100, seed: $seed)
            ->cumulativeLow[0];
        self::assertSame($table(1), $table(1));
        self::assertNotSame($table(1), $table(2));
        $quarter = (new Calendar())->periods('2024-01-01', '2024-03-31');
        $each = Cohort::cells(self::orders(), '2024-03-31', $quarter, margin: ['ann' => 0.5, 'bob' => 1, 'eve' => 0]);
        self::assertSame([10.0, 4.5, 0.0], $each->margin[0]);
        $nothing = Cohort::cells(self::orders(), '2024-03-31', $quarter, margin: 0.0);
        self::assertSame([0.0, 0.0, 0.0], $nothing->cumulative[0]);
    }

    public function testComparesTwoGroups(): void
    {
        $orders = new Orders([1, 2, 3, 4, 1], [0, 0, 0, 0, 20], [5.0, 7.0, 1.0, 3.0, 2.0]);
        $by = new Groups([1 => 'A', 2 => 'A', 3 => 'B', 4 => 'B']);
        $found = Cohort::compare($orders, 40, 0, 1, 0, by: $by, axis: CohortAxis::Rolling, ages: [0, 31], replicates: 500);
        self::assertSame([2.0, 2.0], $found->exposed);
        self::assertSame([7.0, 2.0], $found->value);
        self::assertSame(5.0, $found->difference);
        self::assertSame([1.0, 0.0], $found->returned);
        self::assertEqualsWithDelta(2 / 6, $found->moneyPValue, 0.08); /* two of six ways to deal */
        self::assertSame(0.5, $found->expected[0]);
        self::assertGreaterThan(0.0, $found->returnPValue);
        self::assertIsString(json_encode($found, JSON_THROW_ON_ERROR));
    }

    public function testComparesTwoPeriodsAsFarAsBothHaveCome(): void
    {
        $orders = new Orders([1, 1, 2, 3, 4, 3], [0, 70, 5, 31, 40, 65], [1, 2, 4, 8, 16, 32]);
        $months = new Periods([0, 31, 59, 90, 120]);
        $found = Cohort::compare($orders, 100, 0, 1, periods: $months);
        self::assertSame(1, $found->column);
        self::assertSame([2.5, 28.0], $found->value);
        self::assertNan(Cohort::compare($orders, 100, 0, 1, 2, $months)->difference);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Cohort::compare($orders, 100, 0, 1, -1, $months)));
    }

    /** @dataProvider layouts */
    public function testMakesTheTablesThatPlainPythonMakesOfCdnow(string $layout, CohortAxis $axis, ?array $ages): void
    {
        [$names, $day, $value] = array_values(self::cdnow());
        $customer = array_map('intval', $names);
        $by = new Groups(array_combine($customer, array_map(static fn (int $id): int => $id % 3, $customer)));
        $orders = new Orders($customer, $day, $value);
        $periods = (new Calendar())->periods('1997-01-01', '1998-06-30');
        $table = Cohort::cells($orders, '1998-06-15', $periods, $by, CohortRows::Both, $axis, $ages);
        foreach (self::golden('cohort/cdnow_cells.csv') as $row) {
            if ($row['layout'] !== $layout) {
                continue;
            }
            [$r, $j] = [18 * (int) $row['group'] + (int) $row['cohort'], (int) $row['column']];
            foreach (['exposed', 'active', 'repeat', 'orders', 'occasions'] as $name) {
                self::assertSame((float) $row[$name], $table->$name[$r][$j]);
            }
            self::assertNear($row['cents'] / 100, $table->net[$r][$j], 1e-12 * $row['cents']);
        }
    }

    public function layouts(): array
    {
        return [
            ['age', CohortAxis::Age, null],
            ['range', CohortAxis::Age, [0, 1, 4, 12]],
            ['calendar', CohortAxis::Calendar, null],
            ['rolling', CohortAxis::Rolling, [0, 1, 31, 91, 366, 500]],
        ];
    }

    public function testRefusesWhatIsNoLayout(): void
    {
        $orders = self::orders();
        $periods = (new Calendar())->periods('2024-01-01', '2024-03-31');
        $thrown = self::thrownBy(static fn () => Cohort::cells($orders, '2024-03-31', $periods, rows: CohortRows::Group));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        $thrown = self::thrownBy(static fn () => Cohort::cells($orders, '2024-03-31', $periods, kind: CohortKind::Bracket));
        self::assertStringContainsString('bracket', $thrown->getMessage());
        $thrown = self::thrownBy(static fn () => Cohort::cells($orders, '2024-03-31', $periods, new Groups(['ann' => 1])));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertStringContainsString("'bob'", $thrown->getMessage());
    }
}
