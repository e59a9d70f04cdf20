<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\Family;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Orders;
use Retain\Risk;
use Retain\Risk\Band;
use Retain\Risk\Card;
use Retain\Risk\Method;
use Retain\Risk\Risks;
use Retain\Risk\Verdict;
use Retain\Scoring;
use Retain\Signals;

final class RiskTest extends TestCase
{
    /** @return array<string, list<mixed>> */
    private static function columns(string $path, array $whole): array
    {
        $rows = self::golden($path);
        $columns = [];
        foreach (array_keys($rows[0]) as $name) {
            $columns[$name] = array_map(
                static fn (string $cell): int|float => in_array($name, $whole, true) ? (int) $cell : ($cell === '' ? NAN : (float) $cell),
                array_column($rows, $name)
            );
        }
        return $columns;
    }

    private static function orders(): array
    {
        return self::columns('risk/orders.csv', ['customer', 'day', 'category']);
    }

    private static function score(?Risk $risk = null): Risks
    {
        $orders = self::orders();
        $events = self::columns('risk/events.csv', ['customer', 'day', 'kind']);
        return ($risk ?? self::asked())->score(
            new Orders(customer: $orders['customer'], day: $orders['day'], value: $orders['value']),
            479,
            events: new Signals(customer: $events['customer'], day: $events['day'], kind: $events['kind'], value: $events['value']),
            discount: $orders['discount'],
            category: $orders['category'],
        );
    }

    private static function asked(): Risk
    {
        return new Risk(
            horizonDays: 45,
            dates: 5,
            family: Family::Nbd,
            valueDays: 180.0,
            margin: 0.5,
            cost: 0.25,
            effect: 0.2,
            most: 30,
            fewest: 20,
        );
    }

    private static function near(string $want, float $got, string $name): void
    {
        $want = $want === '' ? NAN : (float) $want;
        self::assertNear($want, $got, 1e-7 * max(1.0, is_finite($want) ? abs($want) : 0.0), $name);
    }

    public function testMeetsTheGoldenAnswers(): void
    {
        $found = self::score();
        $names = ['risk' => 'risk', 'low' => 'riskLow', 'high' => 'riskHigh', 'log_odds' => 'logOdds', 'residual' => 'residual',
            'value_at_risk' => 'valueAtRisk', 'gain' => 'gain'];
        foreach (self::golden('risk/customers.csv') as $at => $row) {
            self::assertSame((int) $row['customer'], $found->customer[$at]);
            foreach ($names as $there => $here) {
                self::near($row[$there], $found->{$here}[$at], "{$here}[$at]");
            }
            self::assertSame((int) $row['rank'], $found->rank[$at]);
            self::assertSame((int) $row['band'], $found->band[$at]->value);
            foreach (array_values($found->contributions($at)) as $theme => $part) {
                self::near($row["theme_$theme"], $part, "theme_$theme");
            }
            foreach ($found->reasons($at) as $place => $reason) {
                self::assertSame($found->themes[(int) $row["reason_$place"]], $reason['theme']);
                $column = (int) $row["column_$place"];
                self::assertSame($column < 0 ? 'rhythm' : $found->features[$column]->name, $reason['feature']);
                foreach (['effect', 'value', 'typical'] as $name) {
                    self::near($row["{$name}_$place"], $reason[$name], $name);
                }
            }
        }
        self::assertCount(count($found), self::golden('risk/customers.csv'));
    }

    public function testTheCardAndTheTestMeetTheGoldenOnes(): void
    {
        $found = self::score();
        $card = array_column(self::golden('risk/card.csv'), 'value', 'name');
        $figures = ['dates' => $found->card->dates, 'training_silent' => $found->card->trainingSilent, 'test_silent' => $found->card->testSilent,
            'base' => $found->card->base, 'at_risk' => $found->card->atRisk, 'auc_learnt' => $found->card->own()->auc,
            'gain_low' => $found->card->own()->gainLow, 'brier_skill' => $found->card->own()->brierSkill,
            'auc_absent' => $found->card->figures['longest absent']->auc];
        foreach ($figures as $name => $got) {
            self::near($card[$name], (float) $got, $name);
        }
        self::assertSame(Verdict::Earned, $found->card->verdict);
        self::assertSame(Method::Learnt, $found->card->method);
        $tested = $found->tested();
        foreach (self::golden('risk/tested.csv') as $at => $row) {
            self::near($row['risk'], $tested['risk'][$at], 'risk');
            self::assertSame((int) $row['silent'], $tested['silent'][$at]);
        }
        self::assertSame($found->card->own()->auc, Scoring::measures($tested['risk'], $tested['silent'])->auc);
        self::assertJson(json_encode($found->card));
    }

    public function testNamesWhomToActOnFirst(): void
    {
        $found = self::score();
        $first = $found->first(40);
        self::assertSame(range(1, 40), array_column($first, 'rank'));
        self::assertSame(Band::Act, $first[0]['band']);
        self::assertNotSame(Band::Act, $first[30]['band']);
        self::assertSame($found->customer[array_search(1, $found->rank, true)], $first[0]['customer']);
        self::assertSame([], $found->reasons(-1));
        self::assertSame([], $found->reasons(PHP_INT_MAX));
    }

    public function testRefusesTooLittleWithTheCard(): void
    {
        try {
            (new Risk())->score(new Orders(customer: [1, 1, 2], day: [0, 30, 10], value: [10.0, 12.0, 9.0]), 400);
            self::fail('it was not refused');
        } catch (ConvergenceException $refused) {
            self::assertStringContainsString('too little to learn from', $refused->getMessage());
            self::assertInstanceOf(Card::class, $refused->report);
            self::assertSame(Verdict::TooLittleData, $refused->report->verdict);
        }
    }

    public function testRefusesBadArgumentsByName(): void
    {
        $bad = [
            'horizonDays' => ['horizonDays' => 0],
            'dates is 1' => ['dates' => 1],
            'margin is 0' => ['margin' => 0.0],
            'margin is -1; it must be positive' => ['margin' => -1.0],
            'effect' => ['effect' => 2.0],
            'cost' => ['cost' => -1.0],
            'level' => ['level' => 1.0],
            'family' => ['family' => Family::BgBb],
            'method is LongestAbsent, which gives no probabilities' => ['method' => Method::LongestAbsent],
        ];
        foreach ($bad as $says => $arguments) {
            try {
                self::score(new Risk(...$arguments));
                self::fail("$says was not refused");
            } catch (ArgumentException $refused) {
                self::assertStringContainsString($says, $refused->getMessage());
            }
        }
    }

    public function testScoresAHundredThousandCustomersInAPluginsMemory(): void
    {
        $code = '
            $columns = array_fill_keys(["customer", "day", "value", "discount", "category"], "");
            $events = array_fill_keys(["customer", "day", "kind"], "");
            mt_srand(7);
            for ($who = 0; $who < 100000; $who++) {
                $at = mt_rand(0, 600);
                $gap = [5, 25, 60][mt_rand(0, 2)];
                for ($n = 0; $n < 20 && $at < 720; $n++) {
                    $columns["customer"] .= pack("q", $who);
                    $columns["day"] .= pack("q", $at);
                    $columns["value"] .= pack("d", mt_rand(500, 9000) / 100);
                    $columns["discount"] .= pack("d", mt_rand(0, 3) === 0 ? 1.5 : 0);
                    $columns["category"] .= pack("q", mt_rand(0, 11));
                    if (mt_rand(0, 9) === 0) {
                        $events["customer"] .= pack("q", $who);
                        $events["day"] .= pack("q", $at);
                        $events["kind"] .= pack("q", mt_rand(0, 2));
                    }
                    if (mt_rand(0, 9) === 0) {
                        break;
                    }
                    $at += 1 + (int) (-$gap * log(mt_rand(1, 1000) / 1000));
                }
            }
            ["discount" => $discount, "category" => $category] = $columns;
            unset($columns["discount"], $columns["category"]);
            $orders = new Retain\Orders(...$columns);
            $signals = new Retain\Signals(...$events);
            unset($columns, $events);
            $found = (new Retain\Risk(horizonDays: 60))->score($orders, 719, $signals, $discount, $category);
            echo count($found), " ", $found->card->verdict->name, " ", count($found->first(10)), " ", count($found->tested()["risk"]) > 90000, " ",
                count($orders) > 500000;';
        self::assertSame([0, '100000 Earned 10 1 1'], self::run_script($code, 'memory_limit=256M', 'max_execution_time=30'));
    }
}
