<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgNbd;
use Retain\Btyd\Histories;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Question;
use Retain\Btyd\Seasons;
use Retain\CalendarSystem;
use Retain\Churn;
use Retain\ChurnKind;
use Retain\Clv;
use Retain\Clv\Terms;
use Retain\Column;
use Retain\Day;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\LikelihoodRatio;
use Retain\Orders;
use Retain\PaybackOutcome;

/** Seasons and covariates that change with time. */
final class BtydDynamicTest extends TestCase
{
    /** @param array<string, string> $row */
    private static function historiesOf(array $row): Histories
    {
        $days = array_values(array_filter([$row['start'], $row['t0'], $row['t1'], $row['t2'], $row['t3']], static fn (string $day): bool => $day !== ''));
        $orders = new Orders(array_fill(0, count($days), 'ann'), array_map('intval', $days), array_fill(0, count($days), 1.0));
        $four = static fn (string $letter): array => array_map(static fn (int $k): float => (float) $row["$letter$k"], range(0, 3));
        $seasons = new Seasons(array_map('intval', $four('c')), ['calendar' => $four('v')], 20000);
        $own = [
            'customer' => ['ann', 'ann', 'ann'],
            'day' => array_map(static fn (int $k): int => (int) $row["o$k"], range(0, 2)),
            'own' => array_map(static fn (int $k): float => (float) $row["w$k"], range(0, 2)),
        ];
        return Histories::of($orders, (int) $row['end'], 7.0, $seasons, $own, 20000);
    }

    public function testMeetsBruteForce(): void
    {
        foreach (self::golden('btyd/dynamic.csv') as $i => $row) {
            $model = self::modelOf($row);
            $histories = self::historiesOf($row);
            $t = (float) $row['t'];
            $got = [
                'log_likelihood' => $model->likelihood($histories)[0],
                'log_odds_dead' => $model->logOddsDead($histories)[0],
                'orders' => $model->orders($histories, $t)[0],
                'silence' => $model->silence($histories, days: 7 * $t)[0],
                'expected' => $histories->tracking($model, [(int) $row['start'], (int) ((float) $row['end'] + 7 * $t)])[0],
            ];
            foreach ($got as $name => $value) {
                $want = $row[$name] === '-inf' ? -INF : (float) $row[$name];
                self::assertNear($want, $value, is_finite($want) ? 1e-11 * (1 + abs($want)) : 0.0, "row $i $name");
            }
        }
    }

    /** @param array<string, string> $row */
    private static function modelOf(array $row): ParetoNbd
    {
        [$r, $alpha, $s, $beta] = array_map(static fn (string $name): float => (float) $row[$name], ['r', 'alpha', 's', 'beta']);
        return (new ParetoNbd($r, $alpha, $s, $beta, 7.0))->withCovariates([
            'calendar' => ['purchase' => (float) $row['pc'], 'lifetime' => (float) $row['lc']],
            'own' => ['purchase' => (float) $row['po'], 'lifetime' => (float) $row['lo']],
        ]);
    }

    public function testForecastsAreThoseOfBruteForce(): void
    {
        foreach (self::golden('btyd/dynamic_forecasts.csv') as $i => $row) {
            $model = self::modelOf($row);
            $histories = self::historiesOf($row);
            [$since, $t, $delta] = [(float) $row['begin'], (float) $row['stop'] - (float) $row['begin'], (float) $row['delta']];
            $got = [
                'orders' => $model->forecast($histories, Question::orders($t, $since))[0],
                'variance' => $model->forecast($histories, Question::variance($t, $since))[0],
                'silence' => $model->forecast($histories, Question::silence($t, $since))[0],
                'alive' => $model->forecast($histories, Question::alive($since + $t))[0],
                'discounted' => $model->forecast($histories, Question::discounted($delta, $t, $since))[0],
                'lifetime' => $model->forecast($histories, Question::lifetime($delta, $t, $since))[0],
            ];
            foreach ($got as $name => $value) {
                self::assertNear((float) $row[$name], $value, 1e-11 * (float) $row[$name], "row $i $name");
            }
            $total = $model->total($histories, Question::orders($t, $since), worth: [10.0]);
            self::assertNear(10 * (float) $row['orders'], $total->value, 1e-10, "row $i");
            self::assertNear(100 * (float) $row['variance'], $total->variance, 1e-8, "row $i");
            self::assertSame(0.0, $total->standardError);
        }
    }

    public function testCountsAndTheNextOrderAreThoseOfBruteForce(): void
    {
        foreach (self::golden('btyd/dynamic_counts.csv') as $i => $row) {
            $model = self::modelOf($row);
            $histories = self::historiesOf($row);
            [$since, $t, $delta] = [(float) $row['begin'], (float) $row['stop'] - (float) $row['begin'], (float) $row['delta']];
            $cells = $model->distribution($histories, $t, 12, $since);
            $got = ['p0' => $cells[0], 'p1' => $cells[1], 'p2' => $cells[2], 'p5' => $cells[5], 'p12' => $cells[12]];
            $got['at_most_4'] = $model->forecast($histories, Question::atMost(4, $t, $since))[0];
            $got['discounted_variance'] = $model->forecast($histories, Question::discountedVariance($delta, $t, $since))[0];
            foreach ([.05, .5, .9] as $k => $share) {
                $got["quantile_$k"] = $model->forecast($histories, Question::quantile($share, $t, $since))[0];
            }
            $got['next_mean'] = $model->forecast($histories, Question::nextOrderMean((float) $row['stop']))[0];
            foreach ([.02, .2] as $k => $share) {
                $got["next_$k"] = $model->forecast($histories, Question::nextOrder($share))[0];
            }
            foreach ($got as $name => $value) {
                if ($row[$name] !== '') {
                    self::assertNear((float) $row[$name], $value, 1e-10 * (float) $row[$name], "row $i $name");
                }
            }
            $total = $model->total($histories, Question::count(1, $t, $since));
            self::assertNear((float) $row['p1'], $total->value, 1e-12, "row $i");
            self::assertNear(
                $model->forecast($histories, Question::discounted($delta, $t))[0],
                $model->discounted($histories, $t, $delta)[0],
                0.0
            );
        }
    }

    public function testACostIsPaidBackOnTheDayOfBruteForce(): void
    {
        foreach (self::golden('clv/dynamic_payback.csv') as $i => $row) {
            $model = self::modelOf($row);
            $histories = self::historiesOf($row);
            $terms = new Terms(margin: (float) $row['margin'], annualRate: (float) $row['annual_rate'], horizonDays: (float) $row['horizon']);
            $given = [$model, $histories->summary(), [(float) $row['value']], (float) $row['cost'], [(float) $row['historic']], $terms];
            $found = Clv::payback(...$given, histories: $histories);
            self::assertNear((float) $row['total'], $found->value, 1e-11 * (float) $row['total'], "row $i value");
            self::assertSame($row['days'] === '' ? PaybackOutcome::Missed : PaybackOutcome::Reached, $found->outcome, "row $i");
            if ($row['days'] !== '') {
                self::assertNear((float) $row['days'], $found->days, 1e-8 * (float) $row['days'], "row $i days");
            }
            $refused = [
                'until 2024-10-04: give at most horizonDays:' => static fn () => Clv::payback($model, $given[1], [9.0], 5.0, histories: $histories),
                'horizonDays of the terms is 10000; the covariates' => static fn () => Clv::payback($model, $given[1], [9.0], 5.0, null, new Terms(horizonDays: 1e4), histories: $histories),
                'cost is -5' => static fn () => Clv::payback($model, $given[1], [9.0], -5.0, null, $terms, histories: $histories),
                'historic has 2' => static fn () => Clv::payback($model, $given[1], [9.0], 5.0, [1.0, 2.0], $terms, histories: $histories),
            ];
        }
        foreach ($refused as $sentence => $call) {
            try {
                $call();
                self::fail($sentence);
            } catch (ArgumentException | DataException $refusal) {
                self::assertStringContainsString($sentence, $refusal->getMessage());
                self::assertStringNotContainsString('forecast.', $refusal->getMessage());
            }
        }
    }

    public function testLifetimeValuesKnowTheSeasons(): void
    {
        [$histories, $truth] = self::aYear(50);
        $drawn = $histories->simulate($truth, 5)['histories'];
        $customers = $drawn->summary();
        $value = array_map(static fn (int $i): float => 10.0 + $i % 7, range(0, 49));
        $terms = new Terms(margin: .4, annualRate: .1, horizonDays: 180);
        $found = Clv::interval($truth, $customers, $value, $terms, histories: $drawn);
        $orders = $truth->discounted($drawn, 180 / 7, annualRate: .1);
        $sum = 0.0;
        foreach ($orders as $i => $each) {
            self::assertNear(.4 * $value[$i] * $each, $found->residual[$i], 1e-12 * $found->residual[$i]);
            $sum += .4 * $value[$i] * $each;
        }
        $sums = Clv::sums($truth, $customers, $value, $terms, array_map(static fn (int $i): int => $i % 3, range(0, 49)), histories: $drawn);
        self::assertNear($sum, $sums->total['residual'], 1e-10 * $sum);
        self::assertNear($sum, array_sum($sums->columns['residual']), 1e-10 * $sum);
        $ever = Clv::sums($truth, $customers, $value, new Terms(annualRate: .1), histories: $drawn->lasting());
        self::assertTrue($ever->total['residual'] > $sum && $ever->total['residual'] < INF);
        $refused = [
            'horizonDays is missing in the terms; the covariates are known until' => static fn () => Clv::interval($truth, $customers, $value, histories: $drawn),
            'spend[0] is inf' => static fn () => Clv::interval($truth, $customers, array_fill(0, 50, INF), $terms, histories: $drawn),
            'annualRate is a column; with histories' => static fn () => Clv::interval($truth, $customers, $value, new Terms(annualRate: $value), histories: $drawn),
            'they must be the same, row by row' => static fn () => Clv::interval($truth, $customers, $value, histories: self::aYear(3)[0]),
        ];
        foreach ($refused as $sentence => $call) {
            try {
                $call();
                self::fail($sentence);
            } catch (ArgumentException | DataException $refusal) {
                self::assertStringContainsString($sentence, $refusal->getMessage());
            }
        }
    }

    public function testFitsGiveLimits(): void
    {
        [$histories, $truth] = self::aYear(2000);
        $drawn = $histories->simulate($truth, 3)['histories'];
        $model = ParetoNbd::fit($drawn, lifetime: ['card']);
        $question = Question::orders(t: 8, since: 4);
        $limits = $model->interval($drawn, $question, 0.9);
        $values = $model->forecast($drawn, $question);
        for ($i = 0; $i < 2000; $i += 97) {
            self::assertNear($values[$i], $limits->value[$i], 1e-14);
            self::assertTrue($limits->low[$i] < $values[$i] && $values[$i] < $limits->high[$i]);
        }
        $total = $model->total($drawn, $question, level: 0.9);
        self::assertNear(array_sum($values), $total->value, 1e-9 * $total->value);
        self::assertTrue($total->least < $total->low && $total->low < $total->value && $total->value < $total->high && $total->high < $total->most);
    }

    /** @return array{Histories, ParetoNbd} customers of 2010, with December and a card from the sixtieth day on */
    private static function aYear(int $customers): array
    {
        $start = array_map(static fn (int $i): int => 14610 + $i * 37 % 290, range(0, $customers - 1));
        $orders = new Orders(range(0, $customers - 1), $start, array_fill(0, $customers, 1.0));
        $seasons = Seasons::holidays('2010-01-01', '2012-12-31', ['december' => [['2010-12-01', '2010-12-26'], ['2011-12-01', '2011-12-26']]]);
        $even = array_filter(range(0, $customers - 1), static fn (int $i): bool => $i % 2 === 0);
        $covariates = [
            'customer' => [...$even, ...range(0, $customers - 1)],
            'day' => [...array_map(static fn (int $i): int => $start[$i] + 60, $even), ...$start],
            'card' => [...array_fill(0, count($even), 1), ...array_fill(0, $customers, 0)],
        ];
        $truth = (new ParetoNbd(.8, 6.0, .7, 9.0, 7.0))->withCovariates([
            'december' => ['purchase' => .9, 'lifetime' => 0.0], 'card' => ['purchase' => .4, 'lifetime' => -.5],
        ]);
        return [Histories::of($orders, '2011-12-31', 7.0, $seasons, $covariates, '2012-12-31'), $truth];
    }

    public function testFindsAgainWhatWasDrawn(): void
    {
        [$histories, $truth] = self::aYear(2000);
        ['histories' => $drawn, 'alive' => $alive] = $histories->simulate($truth, 3);
        $model = ParetoNbd::fit($drawn, lifetime: ['card']);
        $want = ['r' => .8, 'alpha' => 6.0, 's' => .7, 'beta' => 9.0, 'purchase[december]' => .9, 'purchase[card]' => .4, 'lifetime[card]' => -.5];
        foreach ($want as $name => $value) {
            self::assertNear($value, $model->report->estimate[$name], 3 * $model->report->standardError[$name], $name);
        }
        $plain = ParetoNbd::fit($drawn->summary());
        $test = LikelihoodRatio::test($plain->report, $model->report);
        self::assertSame(3, $test->degreesOfFreedom);
        self::assertLessThan(1e-6, $test->pValue);
        self::assertNear(array_sum($alive), array_sum($model->alive($drawn)), 3 * sqrt(2000) / 2, 'alive');
        self::assertCount(2000 * 8, $model->gradient($drawn));
    }

    public function testMonthsAreThoseOfTheCalendar(): void
    {
        $jalali = Seasons::months('2024-01-01', '2024-12-31', CalendarSystem::Jalali);
        self::assertContains(Day::of('2024-03-20'), $jalali->start);
        $months = Seasons::months('2009-12-05', '2012-03-31', base: 3)->and(
            Seasons::holidays('2009-12-01', '2012-03-31', ['eid' => [['2011-08-30', '2011-09-01']]])
        );
        self::assertCount(12, $months->columns);
        foreach ($months->start as $k => $day) {
            $month = (int) Day::date($day)->format('n');
            self::assertSame($month === 8 ? 1.0 : 0.0, $months->columns['month_8'][$k]);
            self::assertSame($day >= Day::of('2011-08-30') && $day <= Day::of('2011-09-01') ? 1.0 : 0.0, $months->columns['eid'][$k]);
        }
    }

    public function testTakesCovariatesOfEveryKindThatAreNumbers(): void
    {
        $orders = new Orders([1, 1, 2], ['2023-01-05', '2023-03-12', '2023-02-01'], [9.0, 9.0, 9.0]);
        $model = (new ParetoNbd(.6, 9.0, .5, 11.0, 7.0))->withCovariates(['card' => ['purchase' => .8, 'lifetime' => 0.0]]);
        $alive = static fn (mixed $card): array => $model->alive(Histories::of(
            $orders,
            '2024-09-30',
            7.0,
            covariates: ['customer' => [1, 1, 2], 'day' => ['2023-01-05', '2023-02-02', '2023-02-01'], 'card' => $card],
            until: '2025-12-31'
        ));
        $want = $alive([0.0, 1.0, 0.0]);
        foreach ([[0, 1, 0], ['0', '1', '0'], pack('d*', 0, 1, 0), Column::float64([0, 1, 0]), Column::int64([0, 1, 0])] as $card) {
            self::assertSame($want, $alive($card));
        }
        foreach (['null' => null, '"abc"' => 'abc', 'an array' => [5], 'true' => true] as $what => $value) {
            try {
                $alive([0, $value, 0]);
                self::fail($what);
            } catch (DataException $refusal) {
                self::assertSame("covariates['card'][1] is $what; it must be a number", $refusal->getMessage());
                self::assertSame(1, $refusal->row);
            }
        }
    }

    public function testChurnRiskKnowsTheSeasonOfTheDaysAhead(): void
    {
        [$histories, $truth] = self::aYear(5);
        self::assertSame($truth->silence($histories, days: 30), Churn::risk($truth, $histories, 30));
        foreach (Churn::risk($truth, $histories, 30, ChurnKind::Dead) as $i => $risk) {
            self::assertNear(1 - $truth->alive($histories)[$i], $risk, 1e-12, "customer $i");
        }
    }

    public function testNamesThatAreNumbersAreKept(): void
    {
        $year = static fn (string $name): Seasons => Seasons::holidays('2022-01-01', '2025-01-01', [$name => [["$name-02-01", "$name-02-03"]], "quiet $name" => [["$name-06-01", "$name-06-02"]]]);
        $both = $year('2022')->and($year('2023'));
        self::assertSame([2022, 'quiet 2022', 2023, 'quiet 2023'], array_keys($both->columns));
        self::assertSame(1.0, array_sum($both->columns['quiet 2022']));
    }

    public function testRefusesWhatDoesNotFit(): void
    {
        [$histories, $truth] = self::aYear(5);
        self::assertCount(5, $histories);
        $refused = [
            'are needed until day' => static fn () => $truth->orders($histories, days: 400),
            'the histories have december, card' => static fn () => (new ParetoNbd(.8, 6.0, .7, 9.0, 7.0))->alive($histories),
            'are for ParetoNbd' => static fn () => BgNbd::fit($histories),
            'for ParetoNbd; this is' => static fn () => (new BgNbd(.8, 6.0, .7, 9.0, 7.0))->alive($histories),
            'until is missing' => static fn () => Histories::of(new Orders([1], [14000], [1.0]), 14100, covariates: ['customer' => [1], 'day' => [14000], 'a' => [1]]),
            "covariates['a'] has 2 rows, covariates['customer'] has 1" => static fn () => Histories::of(
                new Orders([1], [14000], [1.0]),
                14100,
                covariates: ['customer' => [1], 'day' => [14000], 'a' => [1, 2]],
                until: 14200
            ),
            'must ascend' => static fn () => new Seasons([14000, 14000], ['a' => [0, 1]], 14100),
            "columns['a'] has 2 rows, start has 1" => static fn () => new Seasons([14000], ['a' => [0, 1]], 14100),
            'at least one day' => static fn () => new Seasons([], [], 14100),
            'base is 13' => static fn () => Seasons::months('2024-01-01', '2024-12-31', base: 13),
            'ends before it begins' => static fn () => Seasons::holidays('2024-01-01', '2024-12-31', ['a' => [['2024-02-02', '2024-02-01']]]),
            'periods[a] has no day from 2024-01-01 to 2024-12-31' => static fn () => Seasons::holidays('2024-01-01', '2024-12-31', ['a' => [['2023-02-02', '2023-03-01']]]),
            "the question is 'rate'" => static fn () => $truth->forecast($histories, Question::rate()),
            'it jumps, and has no interval' => static fn () => $truth->derivatives($histories, Question::quantile(.5, 4)),
            'n is 1000001; it must be' => static fn () => $truth->forecast($histories, Question::count(1000001, 4)),
            'most is -1' => static fn () => $truth->distribution($histories, 4, -1),
            'periods[a] must be a list of pairs' => static fn () => Seasons::holidays('2024-01-01', '2024-12-31', ['a' => [['2024-02-02']]]),
            'periods[b] must be a list of pairs' => static fn () => Seasons::holidays('2024-01-01', '2024-12-31', ['b' => ['2024-02-02', '2024-02-03']]),
            'first is 2024-12-31; it must not be after last' => static fn () => Seasons::holidays('2024-12-31', '2024-01-01', ['a' => []]),
            'until is 2008-05-01; it must not be before the first day, 2008-05-02' => static fn () => new Seasons([14001], ['a' => [0]], 14000),
            "columns['a'][0] is \"x\"; it must be a number" => static fn () => new Seasons([14000], ['a' => ['x']], 14100),
            "columns['a'][1] is NaN; it must be finite" => static fn () => new Seasons([14000, 14001], ['a' => [0, NAN]], 14100),
            'one begins on 1970-07-20, the other ends on 1970-04-11' => static fn () => (new Seasons([1], ['a' => [1]], 100))->and(new Seasons([200], ['b' => [1]], 300)),
        ];
        foreach ($refused as $sentence => $call) {
            try {
                $call();
                self::fail($sentence);
            } catch (ArgumentException | DataException $refusal) {
                self::assertStringContainsString($sentence, $refusal->getMessage());
            }
        }
    }
}
