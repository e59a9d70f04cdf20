<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\ParetoNbd;
use Retain\Calendar;
use Retain\Cohort;
use Retain\CohortAxis;
use Retain\CohortRows;
use Retain\Column;
use Retain\Columns;
use Retain\Crr;
use Retain\Customers;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Exception\RetainException;
use Retain\Groups;
use Retain\Orders;
use Retain\Periods;
use Retain\Repeat;
use Retain\Revenue;
use Retain\Rfm;
use Retain\Rfm\Scores;
use Retain\Service;
use Retain\Signals;
use Retain\Survey;

/** Input that could be read in two ways: by its keys or refused, never by its position. */
final class MisreadTest extends TestCase
{
    private static function orders(): Orders
    {
        return new Orders(['a', 'b', 'a', 'b'], [0, 0, 40, 41], [10.0, 20.0, 5.0, 5.0]);
    }

    public function testGivesEachGroupItsOwnCost(): void
    {
        $table = Cohort::cells(self::orders(), 400, new Periods([0, 31, 60]), new Groups(['a' => 'US', 'b' => 'DE']));
        self::assertSame(['DE', 'US'], $table->labels);
        $want = json_encode($table->payback([22.0, 8.0]));
        self::assertSame($want, json_encode($table->payback(['US' => 8.0, 'DE' => 22.0])));
        self::assertNotSame($want, json_encode($table->payback([8.0, 22.0])));
        foreach ([['US' => 8.0], ['US' => 8.0, 'DE' => 1.0, 'FR' => 1.0], [1 => 8.0, 0 => 1.0]] as $cost) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $table->payback($cost)));
        }
        $whole = Cohort::cells(self::orders(), 400, new Periods([0, 31, 60]));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => $whole->payback(['US' => 8.0])));
    }

    public function testRefusesRowsWithKeys(): void
    {
        foreach ([
            static fn () => Revenue::amounts([['2024-01' => 100, '2024-02' => 0], ['2024-02' => 40, '2024-01' => 50]]),
            static fn () => Revenue::amounts([[100, 50], [1 => 40, 2 => 50]]),
            static fn () => Revenue::amounts(['ann' => [100, 50]]),
            static fn () => Crr::flags([[1, 0], [1 => 1, 0 => 0]]),
            static fn () => Groups::of(['x' => 1, 'y' => 2], ['y' => 'b', 'x' => 'a']),
        ] as $at => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, "case $at");
            self::assertStringContainsString('other keys than 0, 1, 2', $thrown->getMessage());
        }
    }

    public function testRefusesMarginsThatAreNoNumbers(): void
    {
        $cells = static fn (array $margin): mixed => Cohort::cells(self::orders(), 400, new Periods([0, 31, 60]), margin: $margin);
        foreach (['abc', '0,4', '0.4', [7], null, true] as $bad) {
            $thrown = self::thrownBy(static fn () => $cells(['a' => 0.5, 'b' => $bad]));
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString("'b'", $thrown->getMessage());
        }
        self::assertNotNull($cells(['a' => 0.5, 'b' => 1]));
    }

    public function testRefusesDatesInDigitsEverywhere(): void
    {
        foreach ([
            static fn () => new Signals(['a'], [20240131]),
            static fn () => (new Signals(['a'], [3]))->perCustomer(['a'], 9, knownSince: [20240131]),
            static fn () => Survey::retention(['a'], [20240131], [9], self::orders(), 400),
            static fn () => new Periods([20240101, 20240201]),
        ] as $at => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(RetainException::class, $thrown, "case $at");
            self::assertStringContainsString('yyyymmdd', $thrown->getMessage());
        }
    }

    public function testRefusesUnixTimeWhereDaysAreAskedFor(): void
    {
        $second = 1704412800;
        foreach ([1 => 'seconds', 1000 => 'milliseconds', 10 ** 6 => 'microseconds', 10 ** 9 => 'nanoseconds'] as $each => $unit) {
            foreach ([
                static fn () => new Orders([1, 2], [$second * $each, ($second + 1) * $each], [1, 2]),
                static fn () => new Orders([1], pack('q', $second * $each), [1]),
                static fn () => new Orders([1], [(string) ($second * $each)], [1]),
                static fn () => new Orders([1], Column::int64([$second * $each]), [1]),
                static fn () => new Signals(['a'], [$second * $each]),
                static fn () => new Periods([$second * $each, 2 * $second * $each]),
                static fn () => self::orders()->summary($second * $each),
            ] as $at => $call) {
                $thrown = self::thrownBy($call);
                self::assertInstanceOf(RetainException::class, $thrown, "case $at");
                self::assertStringContainsString("Unix time in $unit", $thrown->getMessage());
            }
        }
        self::assertCount(2, new Orders([1, 2], [3, $second], [1, 2]));
        $told = new Orders([1], [$second], [1], dayNumbers: true);
        self::assertSame([1.0], $told->summary(Day::date($second + 1))->T);
    }

    public function testRefusesCustomersWithoutAnId(): void
    {
        foreach (['', " \t"] as $blank) {
            $rows = [['customer' => 'ann', 'day' => 3, 'value' => 1], ['customer' => $blank, 'day' => 3, 'value' => 1]];
            foreach ([
                static fn () => new Orders(['ann', $blank, 'bob'], [1, 2, 3], [1, 2, 3]),
                static fn () => Orders::read($rows, day: 'day'),
            ] as $call) {
                $thrown = self::thrownBy($call);
                self::assertStringStartsWith('customer[1] is blank;', (string) $thrown?->getMessage());
                self::assertSame(1, $thrown->row);
            }
        }
    }

    public function testMakesSegmentsOfFiveScoresOnly(): void
    {
        $columns = [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]];
        $scores = Rfm::fitColumns(...[...$columns, 3])->scoreColumns(...$columns);
        self::assertSame(3, $scores->bins);
        $thrown = self::thrownBy(static fn () => $scores->segments());
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertSame('the scores have 3 bins; segments are of scores from 1 to 5', $thrown->getMessage());
        $later = new Scores([5], [5], [5], id: [7]);
        $thrown = self::thrownBy(static fn () => (new Scores([5], [5], [5], id: ['7']))->migration($later));
        self::assertStringContainsString('are strings', $thrown->getMessage());
    }

    public function testReadsAgesAndScalesAsTheyAreMeant(): void
    {
        self::assertInstanceOf(RetainException::class, self::thrownBy(static fn () => Repeat::tenure(self::orders(), 400, ['0', '31'])));
        self::assertSame([0, 31], Repeat::tenure(self::orders(), 400, Column::int64([0, 31]))->ages);
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Survey::csat([1], lowest: 0, highest: 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Survey::ces([1], lowest: 0, highest: 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Columns::list('123456789', Columns::INT64)));
    }

    public function testTurnsEveryResultIntoJson(): void
    {
        $once = new Orders(['a'], [0], [1.0]);
        $nobody = ['promoters' => 0, 'detractors' => 0, 'responses' => 0];
        self::assertStringContainsString('"windowDays":null', json_encode(Crr::window($once, 9), JSON_THROW_ON_ERROR));
        self::assertStringContainsString('"difference":null', json_encode(Survey::difference($nobody, $nobody), JSON_THROW_ON_ERROR));
    }

    public function testNamesWhatWasGivenWhereItIsRefused(): void
    {
        $says = static fn (callable $call): string => (string) self::thrownBy($call)?->getMessage();
        self::assertStringStartsWith('amounts[1][0] is -1;', $says(static fn () => Revenue::amounts([[1, 1], [-1, 1]])));
        self::assertStringStartsWith('active[1][1] is 7;', $says(static fn () => Crr::flags([[1, 0], [1, 7]])));
        $soon = $says(static fn () => Crr::periods(self::orders(), 'soon', new Periods([0, 31]), windowDays: 5));
        self::assertStringStartsWith("observationEnd is 'soon';", $soon);
        $margin = $says(static fn () => Cohort::cells(self::orders(), 400, new Periods([0, 31, 60]), margin: ['a' => 1.0]));
        self::assertStringContainsString("is 'b', who is not in margin;", $margin);
        $quantiles = $says(static fn () => Service::times([5], [7], 9, quantiles: [95]));
        self::assertStringStartsWith('quantiles[0] is 95;', $quantiles);
        $months = new Periods([0, 31, 60]);
        self::assertStringStartsWith('span is 9; it must be less than the number of edges, 3', $says(
            static fn () => Crr::periods(self::orders(), 90, $months, windowDays: 5, span: 9)
        ));
        self::assertStringEndsWith('Else give windowDays', $says(static fn () => Crr::periods(self::orders(), -9, $months)));
        self::assertStringStartsWith('ages is missing; columns of days need them', $says(
            static fn () => Cohort::cells(self::orders(), 90, rows: CohortRows::All, axis: CohortAxis::Rolling)
        ));
        self::assertStringContainsString("is 'b', who is not in by;", $says(
            static fn () => Repeat::compare(self::orders(), 90, new Groups(['a' => 1]))
        ));
        $dated = 'orders.day[0] is 0 (1970-01-01); it must not lie before edges[0] = 3 (1970-01-04), or';
        foreach ([static fn () => Cohort::active(self::orders(), 90, new Periods([3, 60])),
            static fn () => Cohort::cells(self::orders(), 90, new Periods([3, 60]))] as $call) {
            self::assertStringStartsWith($dated, $says($call));
        }
        self::assertSame('first is 19844 (2024-05-01); it must not be after last = 19723 (2024-01-01)', $says(
            static fn () => (new Calendar())->periods('2024-05-01', '2024-01-01')
        ));
        self::assertStringContainsString('Periods::between()', $says(static fn () => new Periods(['2024-01-01', '2024-02-01'])));
        self::assertStringContainsString('opened[0] = 2024-05-01 08:00:00', $says(
            static fn () => Service::times(['2024-05-01 08:00'], ['2024-05-01 07:00'], '2024-06-01')
        ));
        self::assertStringStartsWith('customers.t_x[0] is 9; it must lie in [0, T = 5]', $says(
            static fn () => (new ParetoNbd(r: 0.5, alpha: 10, s: 0.6, beta: 11, unitDays: 7))->alive(new Customers([1], [9], [5], 7))
        ));
    }

    public function testTakesColumnsOfEveryKindForAgesCostsAndQuantiles(): void
    {
        $table = static fn (mixed $ages): mixed => Cohort::cells(self::orders(), 400, rows: CohortRows::All, axis: CohortAxis::Rolling, ages: $ages);
        $list = $table([0, 1, 61]);
        foreach ([Column::int64([0, 1, 61]), pack('q*', 0, 1, 61)] as $ages) {
            self::assertSame(json_encode($list), json_encode($table($ages)));
        }
        foreach ([[4.0], Column::float64([4]), pack('d', 4), 4.0, 4] as $cost) {
            self::assertSame([0.0], $list->payback($cost)->age);
        }
        foreach ([null, true, new \stdClass()] as $bad) {
            self::assertStringContainsString('cost', (string) self::thrownBy(static fn () => $list->payback($bad))?->getMessage());
        }
        $times = static fn (mixed $quantiles): mixed => Service::times([1, 1, 1], [2, 3, 5], 9, quantiles: $quantiles);
        self::assertSame(json_encode($times([0.5, 0.25])), json_encode($times(Column::float64([0.5, 0.25]))));
        self::assertSame(json_encode($times([0.5, 0.25])), json_encode($times(pack('d*', 0.5, 0.25))));
        $compared = static fn (mixed $ages): mixed => Cohort::compare(self::orders(), 400, 0, 1, by: new Groups(['a' => 1, 'b' => 2]),
            axis: CohortAxis::Rolling, ages: $ages);
        self::assertSame($compared([0, 1, 61])->value, $compared(Column::int64([0, 1, 61]))->value);
    }

    public function testChecksSegmentsBeforeTheyAreNeeded(): void
    {
        $rfm = new Rfm([1, 2, 3, 4], [2, 3, 4, 5], [1, 2, 3, 4]);
        $rfm->checkSegments();
        $rfm->checkSegments(array_fill(0, 125, 3));
        $says = static fn (callable $call): string => (string) self::thrownBy($call)?->getMessage();
        self::assertStringStartsWith('bins is 3; it must be 5', $says(static fn () => (new Rfm([1, 2], [2, 3], [1, 2]))->checkSegments()));
        self::assertStringStartsWith('map has 2 rows;', $says(static fn () => $rfm->checkSegments([1, 2])));
        self::assertStringStartsWith('map', $says(static fn () => $rfm->checkSegments(array_fill(0, 125, 255))));
    }
}
