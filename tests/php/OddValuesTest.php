<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Accelerated;
use Retain\Boosting;
use Retain\Calibration;
use Retain\Churn;
use Retain\ChurnOffer;
use Retain\Column;
use Retain\Concordance;
use Retain\Cox;
use Retain\Exception\RetainException;
use Retain\Features;
use Retain\Hazard;
use Retain\Logistic;
use Retain\Orders;
use Retain\Predictors;
use Retain\Risk;
use Retain\Scoring;
use Retain\Survival;

/**
 * Churn models meet whatever a plugin may hand over: each odd value of each argument works, or is refused by an exception of the library's own,
 * or by the type that the argument declares.
 */
final class OddValuesTest extends TestCase
{
    private const LEFT = [1, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1];
    private const MONTHS = [2, 3, 5, 6, 2, 3, 6, 6, 1, 4, 4, 5];
    private const SCORE = [.0, .63, .27, .9, .54, .18, .81, .45, .09, .72, .36, .95];
    private const VALUE = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0];

    /** @return array<string, mixed> */
    private static function odd(): array
    {
        $numbers = range(1, 12);
        $referenced = array_map(floatval(...), $numbers);
        foreach ($referenced as &$one) {
        }
        unset($one);
        $cycle = [1.0];
        $cycle[] = &$cycle;
        return [
            'null' => null, 'nothing' => [], 'no text' => '', 'text' => 'abc', 'digits' => str_repeat('1', 12), 'zero' => 0, 'negative' => -1, 'half' => .5,
            'NAN' => NAN, 'INF' => INF, 'huge' => 1e308, 'denormal' => 5e-324, 'largest' => PHP_INT_MAX, 'least' => PHP_INT_MIN, 'true' => true,
            'object' => new \stdClass(), 'closure' => static fn (): int => 1, 'array object' => new \ArrayObject($numbers),
            'packed' => pack('d*', ...array_map(floatval(...), $numbers)), 'packed short' => pack('d', 1.0), 'packed wrong' => str_repeat("\0", 7),
            'packed NAN' => str_repeat("\xff", 96), 'all equal' => array_fill(0, 12, 2.0), 'zeros' => array_fill(0, 12, 0),
            'wild' => [NAN, INF, -INF, 1e308, -1e308, 5e-324, -0.0, 0, 1, 2, 3, 4], 'denormals' => array_fill(0, 12, 5e-324),
            'texts' => array_fill(0, 12, 'a'), 'texts of digits' => array_fill(0, 12, '1'), 'mixed' => [...array_fill(0, 6, 1), ...array_fill(0, 6, '1')],
            'nulls' => array_fill(0, 12, null), 'nested' => array_fill(0, 12, [1]), 'objects' => array_fill(0, 12, new \stdClass()), 'cycle' => $cycle,
            'holes' => [0 => 1.0, 2 => 2.0], 'named' => ['a' => 1.0], 'named text' => ['a' => 'x'], 'references' => $referenced, 'short' => range(1, 11),
            'many' => range(1, 1100), 'column' => Column::float64($numbers), 'column of ints' => Column::int64($numbers),
            'other predictors' => new Predictors(['z' => $numbers]), 'no rows' => new Predictors(['a' => []]),
            'too many columns' => new Predictors(array_combine(array_map(static fn (int $j): string => "c$j", range(1, 300)), array_fill(0, 300, $numbers))),
        ];
    }

    /** @return array<string, array{callable, array<string, mixed>}> */
    private static function calls(): array
    {
        $X = new Predictors(['a' => [3.0, 1, 2, 0, 1, 2, 0, 0, 4, 1, 2, 5], 'b' => [0.0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]]);
        $rows = ['predictors' => $X, 'exit' => self::MONTHS, 'event' => self::LEFT, 'entry' => null, 'weight' => null];
        $trees = ['rounds' => 5, 'leafCustomers' => 1.0, 'eachOutcome' => 1.0, 'folds' => 2];
        $offer = new ChurnOffer(1.0, .1, .5);
        $at = static fn (int $many, int $times): array => array_map(static fn (int $i): int => $i * $times % $many, range(0, 59));
        $orders = new Orders($at(12, 1), $at(300, 11), array_fill(0, 60, 10.0), dayNumbers: true);
        $scored = ['score' => self::SCORE, 'outcome' => self::LEFT, 'weight' => null, 'level' => .9];
        $cox = Cox::fit($X, self::MONTHS, self::LEFT, stratum: [...array_fill(0, 6, 'u'), ...array_fill(0, 6, 'v')], coefficientSd: 1.0);
        return [
            'logistic' => [Logistic::fit(...), ['predictors' => $X, 'outcome' => self::LEFT, 'weight' => null, 'l2' => 1.0, 'classWeight' => null]],
            'known logistic' => [
                static fn (mixed ...$given) => new Logistic(...$given),
                ['coefficients' => ['a' => 1.0], 'intercept' => 0.0, 'missing' => [], 'reference' => [], 'classes' => [0, 1]],
            ],
            'hazard' => [Hazard::fit(...), $rows + ['customer' => null, 'smoothing' => 0.0, 'until' => null, 'iterations' => 50]],
            'Cox' => [Cox::fit(...), $rows + ['stratum' => null, 'customer' => null, 'coefficientSd' => 1.0, 'fixed' => []]],
            'Cox forecast' => [$cox->survival(...), ['predictors' => $X, 'ahead' => [2.0], 'lasted' => null, 'stratum' => array_fill(0, 12, 'u')]],
            'accelerated' => [static fn (mixed ...$given) => Accelerated::fit(Accelerated\Family::Weibull, ...$given), $rows],
            'boosting' => [Boosting::fit(...), ['predictors' => $X, 'outcome' => self::LEFT, 'weight' => null, 'customer' => null, 'monotone' => []] + $trees],
            'measures' => [Scoring::measures(...), $scored + ['groups' => 3]],
            'reliability' => [Calibration::reliability(...), $scored + ['at' => null, 'draws' => 20]],
            'Platt' => [Calibration\Platt::fit(...), ['score' => self::SCORE, 'outcome' => self::LEFT, 'weight' => null]],
            'concordance' => [
                static fn (mixed $times, mixed ...$given) => (new Concordance(...$given))->auc(self::SCORE, $times),
                ['times' => [2, 3], 'exit' => self::MONTHS, 'event' => self::LEFT, 'weight' => null],
            ],
            'bands' => [Churn::bands(...), ['risk' => self::SCORE, 'cuts' => null]],
            'select' => [Churn::select(...), ['risk' => self::SCORE, 'value' => self::VALUE, 'offer' => $offer, 'most' => 3]],
            'profit' => [Churn::profit(...), ['score' => self::SCORE, 'left' => self::LEFT, 'value' => self::VALUE, 'offer' => $offer]],
            'panel' => [(new Features(30))->panel(...), ['orders' => $orders, 'dates' => [100, 150], 'observationEnd' => 300, 'category' => null]],
            'risk' => [(new Risk(60, dates: 3, fewest: 5))->score(...), ['orders' => $orders, 'observationEnd' => 299, 'discount' => null, 'category' => null]],
        ];
    }

    public function testOddValuesWorkOrAreRefused(): void
    {
        foreach (self::calls() as $name => [$call, $base]) {
            foreach (array_keys($base) as $argument) {
                foreach (self::odd() as $said => $value) {
                    $thrown = self::thrownBy(static fn () => $call(...[...$base, $argument => $value]));
                    $declared = $thrown instanceof \TypeError && str_contains($thrown->getMessage(), 'must be of type');
                    self::assertTrue(
                        $thrown === null || $thrown instanceof RetainException || $declared,
                        "$name: $argument = $said: " . ($thrown === null ? '' : get_class($thrown) . ': ' . $thrown->getMessage())
                    );
                }
            }
        }
    }

    public function testSentencesNameWhatTheCallerGave(): void
    {
        $X = new Predictors(['a' => self::VALUE]);
        $strata = range(1, 1100);
        $cox = Cox::fit($X, self::MONTHS, self::LEFT, stratum: [...array_fill(0, 6, '1'), ...array_fill(0, 6, '2')], coefficientSd: 1.0);
        $trees = Boosting::fit($X, self::LEFT, rounds: 5, leafCustomers: 1.0, eachOutcome: 1.0, folds: 2);
        $many = new Predictors(['a' => $strata]);
        foreach (
            [
                "stratum has 'z', which is none of the model's: 1, 2" => static fn () => $cox->quantile($X, stratum: array_fill(0, 12, 'z')),
                'stratum[0] is int; the labels of the model are each string' => static fn () => $cox->quantile($X, stratum: array_fill(0, 12, 1)),
                'the number of labels in stratum is 1100; it must be 1 to 1024' => static fn () => Cox::fit($many, $strata, stratum: $strata),
                'the number of labels in by is 1100; it must be 1 to 1024' => static fn () => (new Survival($strata))->compare($strata),
                'customer[0] is float; it must be an int' => static fn () => Hazard::fit($X, self::MONTHS, customer: Column::float64(self::VALUE)),
                'until has 0 periods; it must have 1 to 256' => static fn () => Hazard::fit(null, self::MONTHS, until: []),
                "coefficients['a'] is INF; it must be finite" => static fn () => new Logistic(['a' => INF], 0.0),
                'intercept is NAN; it must be finite' => static fn () => new Logistic(['a' => 1.0], NAN),
                "monotone['a'] is float; it must be -1, 0 or 1" => static fn () => Boosting::fit($X, self::LEFT, monotone: ['a' => 1.0]),
                'values[0] is infinity' => static fn () => $trees->dependence($X, 'a', [INF]),
                'values is a string of 3 bytes' => static fn () => $trees->dependence($X, 'a', 'abc'),
                'times[0] is -1' => static fn () => (new Concordance(self::MONTHS, self::LEFT))->auc(self::SCORE, [-1]),
                'cuts has 300 entries; it may have at most 254' => static fn () => Churn::bands(self::SCORE, array_fill(0, 300, .5)),
                'dates[1] is 4' => static fn () => (new Features())->split([5, 4], 6, 9),
            ] as $said => $call
        ) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(RetainException::class, $thrown, $said);
            self::assertStringContainsString($said, $thrown->getMessage());
        }
    }
}
