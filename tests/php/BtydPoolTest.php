<?php

declare(strict_types=1);

namespace Retain\Tests;

use PHPUnit\Framework\TestCase;
use Retain\Btyd\BgNbd;
use Retain\Btyd\Family;
use Retain\Btyd\Histories;
use Retain\Btyd\Model;
use Retain\Btyd\Pool;
use Retain\Btyd\PoolSource;
use Retain\Btyd\Question;
use Retain\Btyd\Seasons;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Verdict;

/** Partial pooling: golden values, groups and new groups, forecasts of each and of all, refusals. */
final class BtydPoolTest extends TestCase
{
    /** @return array{Customers, list<string>} stores of 40 to 160 customers whose alpha differs */
    private static function stores(int $count = 8): array
    {
        $x = $t_x = $T = $stores = [];
        for ($store = 0; $store < $count; $store++) {
            $model = new BgNbd(r: 0.6, alpha: 6.0 * exp(0.6 * sin(5.0 * $store)), a: 0.8, b: 2.5, unitDays: 7.0);
            $size = 40 * (1 + $store % 4);
            $made = $model->simulate(array_fill(0, $size, 52.0), t: 0.0, seed: $store + 1);
            array_push($x, ...$made->customers->frequency);
            array_push($t_x, ...$made->customers->t_x);
            array_push($T, ...array_fill(0, $size, 52.0));
            array_push($stores, ...array_fill(0, $size, "store $store"));
        }
        return [new Customers(frequency: $x, t_x: $t_x, T: $T, unitDays: 7.0), $stores];
    }

    public function testPopulationIsThatOfAnIndependentIntegral(): void
    {
        $read = static fn (string $file): array => array_map(
            static fn (string $line): array => str_getcsv($line, ',', '"', ''),
            file(__DIR__ . "/../golden/pool/$file", FILE_IGNORE_NEW_LINES)
        );
        $rows = array_slice($read('nbd_rows.csv'), 1);
        $x = array_map(floatval(...), array_column($rows, 1));
        $T = array_map(floatval(...), array_column($rows, 2));
        $t_x = array_map(static fn (float $x, float $T): float => $x > 0 ? $T / 2 : 0.0, $x, $T);
        $customers = new Customers(frequency: $x, t_x: $t_x, T: $T, unitDays: 7.0);
        $pool = Pool::fit(Family::Nbd, $customers, array_map(intval(...), array_column($rows, 0)));
        $wanted = array_combine(...array_slice($read('nbd_population.csv'), 0, 2));
        self::assertSame('laplace', $wanted['method']);
        self::assertEqualsWithDelta((float) $wanted['r'], $pool->report->estimate['r'], 1e-7);
        self::assertEqualsWithDelta((float) $wanted['sd_alpha'], $pool->report->sd['alpha'], 1e-7);
        self::assertEqualsWithDelta((float) $wanted['log_likelihood'], $pool->report->logLikelihood, 1e-6);
        self::assertSame(range(0, 14), $pool->labels);
    }

    public function testGroupsLearnFromEachOther(): void
    {
        [$customers, $stores] = self::stores();
        $pool = Pool::fit(Family::BgNbd, $customers, $stores, varies: ['alpha'], own: true);
        self::assertSame(Verdict::Converged, $pool->report->verdict);
        self::assertStringStartsWith('8 groups differ in alpha (sd 0.', $pool->report->explanation);
        self::assertCount(8, $pool);
        $groups = $pool->groups();
        self::assertSame($pool->labels, array_keys($groups));
        $first = $groups['store 0'];
        self::assertSame(40.0, $first->customers);
        self::assertSame(1.0, $first->shrinkage['r']);
        self::assertGreaterThan($groups['store 3']->shrinkage['alpha'], $first->shrinkage['alpha']);
        self::assertSame(PoolSource::Both, $first->source);
        self::assertSame("its own and the population's", $first->source->label());
        self::assertArrayHasKey('alpha', $first->own);
        self::assertLessThan($pool->report->aic()['complete'], $pool->report->aic()['partial']);
        self::assertSame($first->model->toArray(), $pool->modelOf('store 0')->toArray());
        self::assertGreaterThan($pool->population()->report->standardError['alpha'], $pool->newGroup()->report->standardError['alpha']);
    }

    public function testEveryCustomerIsForecastByTheModelOfItsGroup(): void
    {
        [$customers, $stores] = self::stores();
        $pool = Pool::fit(Family::BgNbd, $customers, $stores, varies: ['alpha']);
        $quarter = Question::orders(t: 13.0);
        $orders = $pool->forecast($customers, $stores, $quarter);
        $limits = $pool->interval($customers, $stores, $quarter, level: 0.9);
        $one = new Customers(
            frequency: [$customers->frequency[100]],
            t_x: [$customers->t_x[100]],
            T: [$customers->T[100]],
            unitDays: 7.0
        );
        $model = $pool->modelOf($stores[100]);
        self::assertEqualsWithDelta($model->forecast($one, $quarter)[0], $orders[100], 1e-12);
        self::assertEqualsWithDelta($model->interval($one, $quarter, level: 0.9)->high[0], $limits->high[100], 1e-9);
        $total = $pool->total($customers, $stores, $quarter);
        self::assertEqualsWithDelta(array_sum($orders), $total->value, 1e-9);
        self::assertTrue($total->least < $total->low && $total->low < $total->value && $total->high < $total->most);
        $new = $pool->newGroup()->forecast($one, $quarter)[0];
        self::assertEqualsWithDelta($new, $pool->forecast($one, ['a new store'], $quarter)[0], 1e-12);
    }

    public function testLabelsThatLookLikeOneNumberAreTwoGroups(): void
    {
        [$customers, $stores] = self::stores(4);
        $codes = ['store 0' => '01', 'store 1' => '1', 'store 2' => '1e2', 'store 3' => '100'];
        $pool = Pool::fit(Family::BgNbd, $customers, array_map(static fn (string $store): string => $codes[$store], $stores), varies: ['alpha']);
        $plain = Pool::fit(Family::BgNbd, $customers, $stores, varies: ['alpha']);
        self::assertSame(['01', '1', '100', '1e2'], $pool->labels);
        self::assertSame(4, $pool->report->groups);
        foreach ($codes as $store => $code) {
            self::assertSame($plain->groups()[$store]->customers, $pool->groups()[$code]->customers);
            self::assertEqualsWithDelta($plain->modelOf($store)->alpha, $pool->modelOf($code)->alpha, 1e-9);
        }
    }

    public function testModelsOfGroupsAreStored(): void
    {
        [$customers, $stores] = self::stores();
        $pool = Pool::fit(Family::BgNbd, $customers, $stores, varies: ['alpha'], level: 0.8);
        foreach ([$pool->modelOf('store 3'), $pool->population(), $pool->newGroup()] as $model) {
            $again = Model::fromArray(json_decode(json_encode($model, JSON_THROW_ON_ERROR), true));
            self::assertSame(0.8, $again->report->level);
            $question = Question::orders(t: 13.0);
            self::assertSame($model->interval($customers, $question)->low, $again->interval($customers, $question)->low);
        }
    }

    public function testTwoGroupsDoNotTellHowGroupsDiffer(): void
    {
        [$customers, $stores] = self::stores(2);
        try {
            Pool::fit(Family::BgNbd, $customers, $stores);
            self::fail('two groups were pooled');
        } catch (ConvergenceException $refused) {
            self::assertStringContainsString('2 groups have customers; at least 3 are needed', $refused->getMessage());
            self::assertSame(Verdict::TooLittleData, $refused->report->verdict);
            self::assertInstanceOf(Pool::class, $refused->model);
        }
    }

    public function testBadArgumentsAreRefused(): void
    {
        [$customers, $stores] = self::stores(3);
        $seasons = Seasons::holidays('2023-01-01', '2024-12-31', ['nowruz' => [['2023-03-10', '2023-03-25']]]);
        $shop = Histories::of(new Orders([1, 1], ['2023-01-05', '2023-03-12'], [9.0, 9.0]), '2023-09-30', unitDays: 7, seasons: $seasons);
        $instead = 'have covariates, whose coefficients are not pooled: give the pool customers without ($histories->summary()), or fit';
        $refused = [
            [ArgumentException::class, $instead, fn () => Pool::fit(Family::ParetoNbd, $shop, ['a'])],
            [ArgumentException::class, $instead, fn () => Pool::fit(Family::BgNbd, $customers, $stores, covariates: ['channel'])],
            [ArgumentException::class, "varies names 'x'", fn () => Pool::fit(Family::BgNbd, $customers, $stores, varies: ['x'])],
            [DataException::class, 'group[1] is int', fn () => Pool::fit(Family::BgNbd, $customers, ['a', 1])],
            [ArgumentException::class, 'has 2 rows, frequency has', fn () => Pool::fit(Family::BgNbd, $customers, ['a', 'b'])],
        ];
        foreach ($refused as [$class, $sentence, $call]) {
            try {
                $call();
                self::fail($sentence);
            } catch (ArgumentException | DataException $exception) {
                self::assertInstanceOf($class, $exception);
                self::assertStringContainsString($sentence, $exception->getMessage());
            }
        }
    }
}
