<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Boosting;
use Retain\Boosting\Direction;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Predictors;

final class BoostingTest extends TestCase
{
    /**
     * A shop in which those leave who have not ordered for long, unless they ordered often.
     *
     * @return array{Predictors, list<int>}
     */
    private static function shop(int $rows = 600): array
    {
        $days = $orders = $left = [];
        for ($i = 0, $state = 5; $i < $rows; $i++) {
            $draw = static function (int $below) use (&$state): int {
                $state = ($state * 1103515245 + 12345) & 0x7fffffff;
                return intdiv($state, 65536) % $below;
            };
            $days[] = $draw(10) === 0 ? null : (float) $draw(100);
            $orders[] = $draw(6);
            $left[] = (int) ($draw(100) < (($days[$i] ?? 50) > 60 ? 80 : 20) - 5 * $orders[$i]);
        }
        return [new Predictors(['days' => $days, 'orders' => $orders]), $left];
    }

    /**
     * @param list<array<string, string>> $rows
     * @return list<float>
     */
    private static function cells(array $rows, string $name): array
    {
        return array_map(static fn (string $cell): float => $cell === '' ? NAN : (float) $cell, array_column($rows, $name));
    }

    public function testMeetsTheGoldenTrees(): void
    {
        $names = ['x0', 'x1', 'x2'];
        foreach (self::golden('boosting/cases.csv') as $case) {
            $of = static fn (array $row): bool => $row['case'] === $case['case'];
            $rows = array_values(array_filter(self::golden('boosting/rows.csv'), $of));
            $nodes = array_values(array_filter(self::golden('boosting/nodes.csv'), $of));
            $predictors = new Predictors(array_combine($names, array_map(static fn (string $name): array => self::cells($rows, $name), $names)));
            $model = Boosting::fit(
                $predictors,
                array_map(intval(...), array_column($rows, 'outcome')),
                self::cells($rows, 'weight'),
                rounds: (int) $case['rounds'],
                depth: (int) $case['depth'],
                learningRate: (float) $case['learning_rate'],
                l2: (float) $case['l2'],
                leafCustomers: (float) $case['leaf_customers'],
                leafHessian: (float) $case['leaf_hessian'],
                bins: (int) $case['bins'],
                eachOutcome: 1.0,
                folds: 0,
                monotone: ['x0' => (int) $case['monotone0'], 'x1' => (int) $case['monotone1'], 'x2' => (int) $case['monotone2']],
            );
            $stored = $model->toArray();
            foreach (['column', 'threshold', 'missing_left', 'value', 'cover', 'gain'] as $name) {
                foreach (self::cells($nodes, $name) as $at => $want) {
                    self::assertNear($want, (float) $stored[$name][$at], 1e-11, $name);
                }
            }
            self::assertNear((float) $case['expected'], $model->base, 1e-11);
            self::assertNear((float) $case['log_loss'], $model->report->logLoss, 1e-11);
            $contributions = $model->contributions($predictors);
            foreach ($model->logOdds($predictors) as $i => $logOdds) {
                self::assertNear((float) $rows[$i]['log_odds'], $logOdds, 1e-11);
                foreach ($names as $name) {
                    self::assertNear((float) $rows[$i]["by_$name"], $contributions[$i][$name], 1e-11);
                }
            }
        }
    }

    public function testTellsProbabilitiesReasonsAndShapes(): void
    {
        [$predictors, $left] = self::shop();
        $model = Boosting::fit($predictors, $left, customer: array_map(strval(...), range(1, 600)));
        self::assertSame(600, $model->report->rows);
        self::assertSame(600.0, $model->report->heldOut);
        self::assertFalse($model->report->atMost);
        $others = new Predictors(['orders' => [0, 5], 'days' => [90.0, 10.0]]); /* columns are found by name */
        [$high, $low] = $model->probability($others);
        self::assertGreaterThan(0.6, $high);
        self::assertLessThan(0.2, $low);
        $reasons = $model->reasons($others, 1);
        self::assertSame('days', $reasons[0][0]->predictor);
        self::assertSame(90.0, $reasons[0][0]->value);
        self::assertGreaterThan(0.0, $reasons[0][0]->contribution);
        self::assertSame([], array_filter(array_merge(...$model->reasons($others, 2, Direction::Lowering)), static fn ($reason): bool => $reason->contribution >= 0.0));
        $sum = $model->base + array_sum($model->contributions($others)[0]);
        self::assertNear($model->logOdds($others)[0], $sum, 1e-12);
        $importance = $model->importance($predictors);
        self::assertGreaterThan($importance->mean['orders'], $importance->mean['days']);
        self::assertLessThan($importance->mean['days'], $importance->low['days']);
        self::assertGreaterThan($importance->gain['orders'], $importance->gain['days']);
        $shape = $model->dependence($predictors, 'days', [10.0, 90.0, NAN]);
        self::assertCount(3, $shape);
        self::assertGreaterThan($shape->probability[0] + 0.3, $shape->probability[1]);
        self::assertCount(3, $shape->rows());
    }

    public function testStoresModelsThatComeBackTheSame(): void
    {
        [$predictors, $left] = self::shop();
        $model = Boosting::fit($predictors, $left, rounds: 20, folds: 0);
        $json = json_encode($model->toArray(), JSON_THROW_ON_ERROR);
        $again = Boosting::fromArray(json_decode($json, true, flags: JSON_THROW_ON_ERROR));
        self::assertSame($model->probability($predictors), $again->probability($predictors));
        self::assertSame($model->base, $again->base);
        $stored = $model->toArray();
        $changed = static function (string $name, int $at, mixed $value) use ($stored): array {
            $stored[$name][$at] = $value;
            return $stored;
        };
        $leaf = (int) array_search(-1, $stored['column'], true);
        foreach ([
            'column[0] is 2' => $changed('column', 0, 2),
            'column' => $changed('column', 0, 1e300),
            'threshold' => $changed('threshold', 0, 1e200),
            'finite' => $changed('threshold', 0, null),
            'missing_left[0] is 2' => $changed('missing_left', 0, 2),
            "cover[$leaf] is 0" => $changed('cover', $leaf, 0.0),
            'left over' => ['trees' => 19] + $stored,
            'not complete' => ['trees' => 21] + $stored,
            'differ' => ['columns' => ['days', 'days']] + $stored,
            'texts' => ['columns' => [1, 2]] + $stored,
            'columns has 0 entries; it must have 1 to 256' => ['columns' => []] + $stored,
            'classes has 1 entries; it must have 2' => ['classes' => [1]] + $stored,
            'entries' => ['gain' => []] + $stored,
            'no key' => ['more' => 1] + $stored,
        ] as $sentence => $wrong) {
            $thrown = self::thrownBy(static fn () => Boosting::fromArray($wrong));
            self::assertInstanceOf(ArgumentException::class, $thrown, $sentence);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
    }

    public function testRefusesWithASentence(): void
    {
        [$predictors, $left] = self::shop();
        foreach ([
            'outcome is 1 for all 600 customers' => static fn () => Boosting::fit($predictors, array_fill(0, 600, 1)),
            'with so few, use logistic regression' => static fn () => Boosting::fit($predictors, [1, ...array_fill(0, 599, 0)]),
            'outcome[0] is 2' => static fn () => Boosting::fit($predictors, [2, ...array_fill(0, 599, 0)]),
            'weight[0] is -1' => static fn () => Boosting::fit($predictors, $left, array_fill(0, 600, -1.0)),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown, $sentence);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        $model = Boosting::fit($predictors, $left, rounds: 2, folds: 0);
        foreach ([
            'weight has 1 rows, outcome has 3' => static fn () => Boosting::fit(new Predictors(['a' => [1, 2, 3]]), [1, 0, 1], [1.0]),
            'depth is 9' => static fn () => Boosting::fit($predictors, $left, depth: 9),
            'rounds is 0' => static fn () => Boosting::fit($predictors, $left, rounds: 0),
            'folds is 1' => static fn () => Boosting::fit($predictors, $left, folds: 1),
            "monotone has 'age'" => static fn () => Boosting::fit($predictors, $left, monotone: ['age' => 1]),
            "no column 'orders'" => static fn () => $model->probability(new Predictors(['days' => [1]])),
            "column is 'age'" => static fn () => $model->dependence($predictors, 'age', [1.0]),
            'most is 0' => static fn () => $model->reasons($predictors, 0),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $sentence);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
    }
}
