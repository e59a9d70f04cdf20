<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgBb;
use Retain\Btyd\BgCnbd;
use Retain\Btyd\BgNbd;
use Retain\Btyd\MbgCnbd;
use Retain\Btyd\Family;
use Retain\Btyd\GgNbd;
use Retain\Btyd\MbgNbd;
use Retain\Btyd\Model;
use Retain\Btyd\Nbd;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Question;
use Retain\Column;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Orders;
use Retain\Verdict;

final class BtydTest extends TestCase
{
    private const FILES = [
        'bgnbd' => BgNbd::class, 'mbgnbd' => MbgNbd::class, 'pnbd' => ParetoNbd::class, 'ggnbd' => GgNbd::class, 'nbd' => Nbd::class,
        'bgcnbd' => BgCnbd::class, 'mbgcnbd' => MbgCnbd::class,
    ];

    /** @return iterable<string, array{string, class-string<Model>}> */
    public function families(): iterable
    {
        foreach (self::FILES as $file => $class) {
            yield $class => [$file, $class];
        }
    }

    private static function modelOf(array $row, string $class): Model
    {
        $names = $class::family()->parameters();
        $k = isset($row['k']) ? [(int) $row['k']] : [];
        return new $class(...[...array_map(static fn (string $name): float => (float) $row[$name], $names), ...$k, 7.0]);
    }

    private static function customerOf(array $row): Customers
    {
        $gaps = isset($row['log_gaps']) ? [(float) $row['log_gaps']] : null;
        return new Customers([(float) $row['x']], [(float) $row['t_x']], [(float) $row['T']], 7.0, logGaps: $gaps);
    }

    /** @dataProvider families */
    public function testMeetsTheLikelihoodsAndGradients(string $file, string $class): void
    {
        foreach (self::golden("btyd/{$file}_loglik.csv") as $row) {
            $model = self::modelOf($row, $class);
            $customer = self::customerOf($row);
            $tolerance = ($row['kind'] === 'stress' ? 1e-13 : 1e-14) * (float) $row['scale'];
            self::assertNear((float) $row['loglik'], $model->likelihood($customer)[0], $tolerance, $row['id']);
            $gradient = $model->gradient($customer);
            foreach ($class::family()->parameters() as $i => $name) {
                self::assertNear((float) $row["d_log_$name"], $gradient[$i], $tolerance, "$row[id] d_log_$name");
            }
        }
    }

    /** @dataProvider families */
    public function testMeetsTheProbabilitiesOfBeingAlive(string $file, string $class): void
    {
        foreach (self::golden("btyd/{$file}_palive.csv") as $row) {
            $model = self::modelOf($row, $class);
            $customer = self::customerOf($row);
            $alive = $model->alive($customer)[0];
            $odds = $model->logOddsDead($customer)[0];
            $cond = (float) ($row['cond'] ?? 0);
            $relative = $row['kind'] === 'stress' ? 1e-10 + 1e-12 * $cond : 1e-12 + 1e-14 * $cond;
            self::assertNear((float) $row['p_alive'], $alive, (float) $row['p_alive'] * $relative, "$row[id] alive");
            self::assertNear(self::number($row['log_odds_dead']), $odds, max(1.0, abs((float) $row['log_odds_dead'])) * $relative, "$row[id] odds");
        }
    }

    /** @dataProvider families */
    public function testMeetsTheExpectations(string $file, string $class): void
    {
        foreach (self::golden("btyd/{$file}_expected.csv") as $row) {
            self::assertMeets($row, 'expected', self::modelOf($row, $class)->expected([(float) $row['t']])[0]);
        }
        foreach (self::golden("btyd/{$file}_conditional.csv") as $row) {
            $model = self::modelOf($row, $class);
            $customer = self::customerOf($row);
            self::assertMeets($row, 'expected', $model->orders($customer, t: (float) $row['t'])[0]);
            self::assertMeets($row, 'p_zero', $model->silence($customer, t: (float) $row['t'])[0]);
        }
    }

    /** @dataProvider families */
    public function testMeetsTheDistributions(string $file, string $class): void
    {
        foreach (self::golden("btyd/{$file}_pmf.csv") as $row) {
            $model = self::modelOf($row, $class);
            $pmf = $model->pmf((float) $row['t'], [(int) $row['n']])[0];
            $log = $model->logPmf((float) $row['t'], [(int) $row['n']])[0];
            $relative = $row['kind'] === 'stress' ? 1e-9 : 1e-12;
            $want = self::number($row['log_pmf']);
            self::assertNear($want, $log, $relative * max(1.0, abs($want)), "$row[id] log");
            $want = self::number($row['pmf']);
            self::assertNear($want, $pmf, $relative * $want * max(1.0, is_finite($log) ? abs($log) : 1.0), $row['id']);
        }
    }

    /**
     * @testWith ["forecasts", 13]
     *           ["cnbd_forecasts", 12]
     */
    public function testMeetsForecastsByBruteForce(string $file, int $quantities): void
    {
        $classes = ['bgcnbd' => BgCnbd::class, 'mbgcnbd' => MbgCnbd::class, 'pareto' => ParetoNbd::class, 'bg' => BgNbd::class, 'mbg' => MbgNbd::class, 'gg' => GgNbd::class];
        $seen = [];
        foreach (self::golden("btyd/$file.csv") as $row) {
            $since = (float) $row['from'];
            $end = self::number($row['to'] ?: '0');
            $t = $end - $since;
            $question = match ($row['quantity']) {
                'orders' => Question::orders($t, $since),
                'discounted' => Question::discounted((float) $row['delta'], $t, $since),
                'silence' => Question::silence($t, $since),
                'return' => Question::nextOrderBy($t, $since),
                'alive' => Question::alive($t),
                'count' => Question::count((int) $row['n'], $t, $since),
                'at_most' => Question::atMost((int) $row['n'], $t, $since),
                'variance' => Question::variance($t, $since),
                'count_quantile' => Question::quantile((float) $row['share'], $t, $since),
                'next_quantile' => Question::nextOrder((float) $row['share']),
                'next_mean' => Question::nextOrderMean($t),
                'rate' => Question::rate(),
                'leaving' => Question::leaving(),
            };
            $seen[$row['quantity']] = true;
            $want = self::number($row['value']);
            $got = self::modelOf($row, $classes[$row['family']])->forecast(self::customerOf($row), $question)[0];
            $where = "$row[family] $row[x] $row[T] $row[quantity] $row[from] $row[to]";
            is_infinite($want) ? self::assertSame($want, $got, $where) : self::assertNear($want, $got, 1e-10 * abs($want) + 1e-14, $where);
        }
        self::assertCount($quantities, $seen);
    }

    public function testSaysHowSureForecastsAre(): void
    {
        $customers = self::cdnowCustomers();
        $model = ParetoNbd::fit($customers);
        $question = Question::orders(t: 39);
        $total = $model->total($customers, $question);
        self::assertNear(array_sum($model->orders($customers, t: 39)), $total->value, 1e-8);
        self::assertTrue($total->least < $total->low && $total->low < $total->value);
        self::assertTrue($total->value < $total->high && $total->high < $total->most);
        self::assertTrue($total->least < 1882 && 1882 < $total->most); // what came
        $limits = $model->interval($customers, $question, level: 0.9);
        foreach ([0, 100, 2000] as $i) {
            self::assertTrue($limits->low[$i] < $limits->value[$i] && $limits->value[$i] < $limits->high[$i]);
        }
        $money = $model->total($customers, $question, worth: array_fill(0, count($customers), 2.0));
        self::assertNear(2 * $total->standardError, $money->standardError, 1e-7);
        $known = new ParetoNbd(.55, 10.6, .6, 11.7, 7);
        self::assertSame(0.0, $known->total($customers, $question)->standardError);
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage('no report of a fit');
        $known->interval($customers, $question);
    }

    public function testDrawsHistoriesAndTrackingCurves(): void
    {
        $model = new ParetoNbd(.55, 10.6, .6, 11.7, 7);
        $then = new Customers([0, 1, 2], [0, 3, 9], [2, 8, 30], 7);
        self::assertSame($model->alive($then), $model->history([3.0, 9.0], [2.0, 8.0, 30.0]));
        [$a, $b] = $model->expected([10.0, 6.0]);
        self::assertNear($a + 2 * $b, $model->tracking([0, 4], [10], [1, 2])[0], 1e-14);
        $cells = $model->distribution($then, t: 13, most: 2);
        self::assertCount(9, $cells);
        self::assertSame($model->forecast($then, Question::count(2, 13))[1], $cells[5]);
        self::assertNear($model->silence($then, t: 13)[2], $cells[6], 1e-14);
    }

    public function testMeetsTheDiscountedExpectations(): void
    {
        foreach (self::golden('btyd/pnbd_dert.csv') as $row) {
            $got = self::modelOf($row, ParetoNbd::class)->discounted(self::customerOf($row), delta: (float) $row['delta'])[0];
            self::assertMeets($row, 'dert', $got);
        }
    }

    public function testMeetsTheDiscountedExpectationsOfRegularCustomers(): void
    {
        foreach (['bgcnbd' => BgCnbd::class, 'mbgcnbd' => MbgCnbd::class] as $file => $class) {
            foreach (self::golden("btyd/{$file}_discounted.csv") as $row) {
                $model = self::modelOf($row, $class);
                $customer = self::customerOf($row);
                $delta = (float) $row['delta'];
                self::assertMeets($row, 'until', $model->discounted($customer, (float) $row['t'], delta: $delta)[0]);
                self::assertMeets($row, 'for_ever', $model->discounted($customer, delta: $delta)[0]);
            }
        }
    }

    public function testChoosesKAndKeepsItInStorage(): void
    {
        $model = new MbgCnbd(r: 0.9, alpha: 1.5, a: 0.6, b: 3.0, k: 3, unitDays: 7.0);
        $drawn = $model->simulate(array_fill(0, 2000, 40.0), 0.0, 5);
        $fitted = MbgCnbd::fit($drawn->customers);
        self::assertSame(3, $fitted->k);
        self::assertStringContainsString('Of k = 1 to 12, 3 is the most likely.', $fitted->report->explanation);
        self::assertSame(3, MbgCnbd::fit($drawn->customers, k: 3)->k());
        self::assertSame($model->toArray(), Model::fromArray($model->toArray())->toArray());
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage('k is 65; it must lie in [1, 64]');
        new BgCnbd(r: 0.9, alpha: 1.5, a: 0.6, b: 3.0, k: 65, unitDays: 7.0);
    }

    /** @return iterable<array{class-string<Model>, list<float>, ?list<float>, ?float}> the published and measured fits of CDNOW */
    public function fits(): iterable
    {
        yield [ParetoNbd::class, [.553270, 10.57780, .606020, 11.66391], [.0476264, .8427222, .1872594, 6.2105448], -9594.976181];
        yield [BgNbd::class, [.2425945, 4.4136019, .7929199, 2.4258881], [.012557, .378224, .185733, .705407], -9582.429207];
        yield [MbgNbd::class, [.524837, 6.182986, .891356, 1.614002], [.083264, .695597, .154786, .537454], null];
    }

    /** @dataProvider fits */
    public function testFitsCdnowAsPublished(string $class, array $parameters, array $errors, ?float $likelihood): void
    {
        $model = $class::fit(self::cdnowCustomers());
        self::assertSame(Verdict::Converged, $model->report->verdict);
        self::assertSame(7.0, $model->unitDays);
        foreach ($class::family()->parameters() as $i => $name) {
            self::assertNear($parameters[$i], $model->$name, 1e-3 * $parameters[$i], $name);
            self::assertNear($errors[$i], $model->report->standardError[$name], 2e-3 * $errors[$i], "error of $name");
            self::assertSame($model->$name, $model->report->estimate[$name]);
            self::assertNear($model->report->standardError[$name] ** 2, $model->report->covariance[$name][$name], 1e-9 * $errors[$i]);
        }
        if ($likelihood !== null) {
            self::assertNear($likelihood, $model->report->logLikelihood, 1e-4);
        }
        self::assertNear(array_sum($model->likelihood(self::cdnowCustomers())), $model->report->logLikelihood, 1e-6);
        self::assertJson(json_encode([$model, $model->report], JSON_THROW_ON_ERROR));
    }

    /** Gamma-Gompertz/NBD has no interior maximum there: its supremum is Pareto/NBD, where b and beta go to 0 together. */
    public function testFindsThatTheCustomersOfCdnowDoNotAge(): void
    {
        $customers = self::cdnowCustomers();
        $limit = ParetoNbd::fit($customers);
        try {
            GgNbd::fit($customers);
            self::fail('a maximum was found');
        } catch (ConvergenceException $e) {
            self::assertSame(Verdict::Boundary, $e->report->verdict);
            self::assertStringContainsString('customers do not age, and the model goes to Pareto/NBD', $e->getMessage());
            self::assertNear($limit->report->logLikelihood, $e->report->logLikelihood, 1e-6);
            self::assertNear($limit->r, $e->model->r, 1e-3 * $limit->r);
            self::assertNear($limit->alpha, $e->model->alpha, 1e-3 * $limit->alpha);
            self::assertNear($limit->s, $e->model->s, 1e-3 * $limit->s);
            self::assertNear(array_sum($limit->orders($customers, t: 39)), array_sum($e->model->orders($customers, t: 39)), .01);
        }
    }

    public function testMeetsCustomersWithOpportunities(): void
    {
        foreach (self::golden('btyd/bgbb_customer.csv') as $row) {
            $model = self::modelOf($row, BgBb::class);
            [$n, $m] = [(float) $row['n'], (float) $row['m']];
            $customer = new Customers([(float) $row['x']], [(float) $row['t_x']], [$n], 7.0);
            $got = [
                'loglik' => $model->likelihood($customer)[0],
                /* alive here: there when opportunity n + 1 comes */
                'p_alive_n' => $model->alive($customer)[0] * (($model->gamma + $model->delta + $n) / ($model->delta + $n)),
                'expected_m' => $model->orders($customer, t: $m)[0],
                'p_zero_m' => $model->silence($customer, t: $m)[0],
                'dert' => $model->discounted($customer, delta: log1p((float) $row['d']))[0],
            ];
            foreach ($model->gradient($customer) as $i => $derivative) {
                $got['d_log_' . BgBb::family()->parameters()[$i]] = $derivative;
            }
            foreach ($got as $column => $value) {
                $want = self::number($row[$column]);
                self::assertNear($want, $value, abs($want) * ($row['kind'] === 'stress' ? 1e-9 : 1e-12), "$row[id] $column");
            }
        }
        foreach (self::golden('btyd/bgbb_population.csv') as $row) {
            $model = self::modelOf($row, BgBb::class);
            [$n, $x, $relative] = [(float) $row['n'], (int) $row['x'], $row['kind'] === 'stress' ? 1e-9 : 1e-12];
            $log = self::number($row['log_pmf']);
            self::assertNear((float) $row['expected'], $model->expected([$n])[0], (float) $row['expected'] * $relative, $row['id']);
            self::assertNear($log, $model->logPmf($n, [$x])[0], abs($log) * $relative, "$row[id] log");
            self::assertNear((float) $row['pmf'], $model->pmf($n, [$x])[0], (float) $row['pmf'] * $relative * (1 + abs($log)), $row['id']);
        }
    }

    public function testFitsTheDonorsAsPublished(): void
    {
        $rows = array_map(str_getcsv(...), file(self::EXAMPLES . 'donations.csv', FILE_IGNORE_NEW_LINES));
        self::assertSame(['frequency', 't_x', 'T', 'weight'], array_shift($rows));
        [$x, $tx, $T, $weight] = array_map(null, ...array_map(static fn (array $row): array => array_map(floatval(...), $row), $rows));
        $donors = new Customers($x, $tx, $T, 365.25, weight: $weight);
        $model = BgBb::fit($donors);
        foreach (['alpha' => [1.203523, .069391], 'beta' => [.749717, .029448], 'gamma' => [.656717, .051010], 'delta' => [2.783433, .320817]] as $name => [$value, $error]) {
            self::assertNear($value, $model->$name, 1e-5 * $value, $name);
            self::assertNear($error, $model->report->standardError[$name], 2e-4 * $error, "error of $name");
        }
        self::assertNear(-33225.58127, $model->report->logLikelihood, 1e-5);
        self::assertNear(3.17982, $model->expected([10.0])[0], 1e-4);
        $orders = $model->orders($donors, days: 5 * 365.25);
        self::assertNear(12884, array_sum(array_map(static fn (float $w, float $o): float => $w * $o, $weight, $orders)), .5);
        $thrown = self::thrownBy(static fn () => $model->orders($donors, days: 90));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString('whole number of opportunities', $thrown->getMessage());
        $thrown = self::thrownBy(static fn () => $model->alive(new Customers([1], [2.5], [6], 365.25)));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame('customers.t_x[0] is 2.5; under BG/BB it must be a whole number of opportunities', $thrown->getMessage());
        $drawn = $model->simulate(array_fill(0, 5000, 6.0), t: 5, seed: 3);
        self::assertSame([], array_filter($drawn->customers->t_x, static fn (float $t): bool => $t !== floor($t) || $t > 6));
    }

    public function testForecastsTheHoldoutOfCdnow(): void
    {
        $customers = self::cdnowCustomers();
        $models = [
            [new ParetoNbd(.553270, 10.57780, .606020, 11.66391, 7), 1665.69, 1051.97], /* where the source of these sums stopped */
            [BgNbd::fit($customers), 1653.41, 1917.28],
        ];
        foreach ($models as [$model, $orders, $alive]) {
            self::assertNear($orders, array_sum($model->orders($customers, t: 39)), .01, $model::class);
            self::assertNear($orders, array_sum($model->orders($customers, days: 273)), .01, $model::class);
            self::assertNear($alive, array_sum($model->alive($customers)), .1, $model::class);
        }
        self::assertNear(1665.69, array_sum(ParetoNbd::fit($customers)->orders($customers, t: 39)), .2);
        self::assertNear(1057.64, array_sum(MbgNbd::fit($customers)->alive($customers)), .01);
    }

    public function testGivesTheTextbooksNumbers(): void
    {
        $model = new BgNbd(r: .243, alpha: 4.414, a: .793, b: 2.426, unitDays: 7);
        $customer = new Customers(frequency: [2], t_x: [30.43], T: [38.86], unitDays: 7);
        self::assertNear(1.22602817, $model->orders($customer, t: 39)[0], 1e-8);
        self::assertNear(.72657857, $model->alive($customer)[0], 1e-8);
        self::assertNear(1.4460506, $model->expected([52.0])[0], 1e-7);
        foreach ([.573786352, .199395281, .0854297595, .0458603538] as $n => $probability) {
            self::assertNear($probability, $model->pmf(39, [$n])[0], 1e-9);
        }
        $pareto = new ParetoNbd(r: .5534, alpha: 10.5802, s: .6061, beta: 11.6562, unitDays: 7);
        self::assertNear(86.0303756, $pareto->discounted(new Customers([26], [30.86], [31], 7), delta: .0027)[0], 1e-6);
    }

    public function testAnswersInTheKindOfTheCustomers(): void
    {
        $model = new ParetoNbd(.55, 10.6, .6, 11.7, 7);
        [$x, $tx, $T] = [[2.0, 0.0], [30.43, 0.0], [38.86, 38.86]];
        $lists = new Customers($x, $tx, $T, 7);
        $packed = new Customers(pack('d*', ...$x), pack('d*', ...$tx), pack('d*', ...$T), 7);
        $columns = new Customers(Column::float64($x), Column::float64($tx), Column::float64($T), 7);
        $mixed = new Customers($x, pack('d*', ...$tx), Column::float64($T), 7);
        $calls = ['likelihood' => [], 'gradient' => [], 'alive' => [], 'logOddsDead' => [], 'orders' => ['t' => 5.0], 'silence' => ['days' => 9.0],
            'discounted' => ['annualRate' => .1]];
        foreach ($calls as $method => $options) {
            $want = $model->$method($lists, ...$options);
            self::assertIsArray($want);
            self::assertSame(pack('d*', ...$want), $model->$method($packed, ...$options), $method);
            self::assertSame($want, $model->$method($columns, ...$options)->toArray(), $method);
            self::assertInstanceOf(Column::class, $model->$method($mixed, ...$options));
        }
        self::assertSame(pack('d*', ...$model->expected([1.0, 2.0])), $model->expected(pack('d*', 1, 2)));
        self::assertSame($model->pmf(9, [0, 1]), $model->pmf(9, Column::int64([0, 1]))->toArray());
        self::assertSame([], $model->alive(new Customers([], [], [], 7)));
        self::assertSame('', $model->alive(new Customers('', '', '', 7)));
    }

    public function testSaysWhyAFitCannotBeTrusted(): void
    {
        foreach ([new Customers([], [], [], 7), new Customers([0, 0, 0], [0, 0, 0], [5, 6, 7], 7)] as $customers) {
            $thrown = self::thrownBy(static fn () => BgNbd::fit($customers));
            self::assertInstanceOf(ConvergenceException::class, $thrown);
            self::assertSame(5, $thrown->getCode());
            self::assertInstanceOf(BgNbd::class, $thrown->model);
            self::assertNotSame(Verdict::Converged, $thrown->report->verdict);
            self::assertNotSame('', $thrown->getMessage());
            self::assertNotSame('', $thrown->report->explanation);
        }
    }

    public function testRefusesCustomersThatCannotBe(): void
    {
        $model = new BgNbd(.243, 4.414, .793, 2.426, 7);
        $cases = [
            [[2], [40], [38.86], 't_x[0]'], [[2.5], [3], [5], 'frequency[0]'], [[-1], [3], [5], 'frequency[0]'],
            [[1, 1], [1, NAN], [5, 5], 't_x[1]'], [[1], [1], [INF], 'T[0]'], [[0], [1], [5], 't_x[0]'],
        ];
        foreach ($cases as [$x, $tx, $T, $name]) {
            foreach ([static fn ($c) => $model->alive($c), static fn ($c) => $model->orders($c, t: 1), static fn ($c) => BgNbd::fit($c)] as $call) {
                $thrown = self::thrownBy(static fn () => $call(new Customers($x, $tx, $T, 7)));
                self::assertInstanceOf(DataException::class, $thrown);
                self::assertStringContainsString($name, $thrown->getMessage());
                self::assertSame(count($x) - 1, $thrown->row);
            }
        }
        $other = new Customers([1], [1], [5], 1);
        $thrown = self::thrownBy(static fn () => $model->alive($other));
        self::assertInstanceOf(ArgumentException::class, $thrown);
        self::assertStringContainsString('unitDays', $thrown->getMessage());
    }

    public function testRefusesModelsAndTimesThatCannotBe(): void
    {
        $customers = new Customers([1], [1], [5], 7);
        foreach ([0.0, -1.0, NAN, INF] as $bad) {
            $thrown = self::thrownBy(static fn () => (new BgNbd($bad, 4.4, .8, 2.4, 7))->alive($customers));
            self::assertInstanceOf(ArgumentException::class, $thrown);
        }
        $model = new BgNbd(.243, 4.414, .793, 2.426, 7);
        $calls = [
            static fn () => $model->orders($customers), static fn () => $model->orders($customers, t: 1, days: 7),
            static fn () => $model->silence($customers), static fn () => $model->orders($customers, t: -1),
            static fn () => $model->orders($customers, t: NAN), static fn () => $model->discounted($customers),
            static fn () => $model->discounted($customers, delta: .1, annualRate: .1), static fn () => $model->discounted($customers, delta: -.1),
            static fn () => BgNbd::fit($customers, iterations: 0), static fn () => BgNbd::fit($customers, level: 0.0),
            static fn () => BgNbd::fit($customers, level: 1.0), static fn () => $model->expected(5.0), static fn () => $model->expected(null),
            static fn () => $model->simulate(null, 1, 1), static fn () => $model->simulate([1.0], -1, 1),
        ];
        foreach ($calls as $number => $call) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy($call), "call $number");
        }
    }

    public function testAsksInDaysAsInUnits(): void
    {
        $model = new ParetoNbd(.55, 10.58, .61, 11.67, 7);
        $customers = new Customers([2.0, 0.0], [30.43, 0.0], [38.86, 38.86], 7);
        $delta = \Retain\Clv::delta(.1, 7);
        $pairs = [
            [Question::orders(t: 13, since: 13), Question::orders(days: 91, since: 91)],
            [Question::silence(13), Question::silence(days: 91)],
            [Question::nextOrderBy(13), Question::nextOrderBy(days: 91)],
            [Question::alive(13), Question::alive(days: 91)],
            [Question::alive(0.0), Question::alive()],
            [Question::count(1, 13), Question::count(1, days: 91)],
            [Question::atMost(1, 13, 13), Question::atMost(1, days: 91, since: 91)],
            [Question::variance(13), Question::variance(days: 91)],
            [Question::quantile(.9, 13), Question::quantile(.9, days: 91)],
            [Question::nextOrderMean(13), Question::nextOrderMean(days: 91)],
            [Question::discounted($delta), Question::discounted(annualRate: .1)],
            [Question::discounted($delta, 13), Question::discounted(annualRate: .1, days: 91)],
            [Question::lifetime(0.0, 13), Question::lifetime(days: 91)],
            [Question::lifetime($delta), Question::lifetime(annualRate: .1)],
            [Question::discountedVariance($delta, 13), Question::discountedVariance(annualRate: .1, days: 91)],
        ];
        foreach ($pairs as $number => [$units, $days]) {
            self::assertSame($model->forecast($customers, $units), $model->forecast($customers, $days), "pair $number");
        }
        $refused = [
            'give either t' => static fn () => Question::orders(),
            'or days' => static fn () => Question::orders(1, days: 7),
            'days is -7' => static fn () => Question::silence(days: -7),
            't is INF' => static fn () => Question::orders(INF),
            'since is -1' => static fn () => Question::orders(1, -1),
            'either delta or annualRate' => static fn () => Question::discounted(),
            'annualRate is -0.1' => static fn () => Question::lifetime(annualRate: -.1),
            'annualRate is -0.2' => static fn () => $model->discounted($customers, annualRate: -.2),
            'most is -1' => static fn () => $model->distribution($customers, 1, -1),
            "the question is 'rate'; it has no total" => static fn () => $model->total($customers, Question::rate()),
            "the question is 'quantile', a quantile of a count" => static fn () => $model->derivatives($customers, Question::quantile(.5, 1)),
            'n is -1' => static fn () => $model->forecast($customers, Question::atMost(-1, 1)),
            'unitDays is INF' => static fn () => new Nbd(1, 1, INF),
            'opportunities of 365.25 days' => static fn () => (new BgBb(1, 1, 1, 1, 365.25))->orders($customers, days: 100),
            "centre['r'] must be a number, not string" => static fn () => Nbd::fit($customers, prior: new \Retain\Btyd\Prior(1, centre: ['r' => 'x', 'alpha' => 1])),
        ];
        foreach ($refused as $words => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $words);
            self::assertStringContainsString($words, $thrown->getMessage());
        }
    }

    public function testIsStoredAndRestored(): void
    {
        foreach ([new ParetoNbd(.5, 10, .6, 11, 7), new BgNbd(.2, 4, .8, 2.4, 1), new MbgNbd(.5, 6, .9, 1.6, 7), new Nbd(.4, 12, 7), new BgBb(1.2, .7, .6, 2.8, 365.25)] as $model) {
            $stored = json_encode($model);
            $restored = Model::fromArray(json_decode($stored, true));
            self::assertInstanceOf($model::class, $restored);
            self::assertSame($model->toArray(), $restored->toArray());
        }
        $stored = [
            'format' => 'libretain model', 'version' => 1, 'family' => 'BG/NBD', 'unit_days' => 7.0,
            'parameters' => ['r' => .2, 'alpha' => 4.0, 'a' => .8, 'b' => 2.4], 'covariates' => [], 'fit' => null,
        ];
        self::assertSame($stored, (new BgNbd(.2, 4, .8, 2.4, 7))->toArray());
        foreach ([[], ['family' => 'X'], ['parameters' => ['r' => 1, 'alpha' => 'x', 'a' => 1, 'b' => 1]] + $stored] as $bad) {
            self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Model::fromArray($bad)));
        }
        self::assertSame('Pareto/NBD', Family::ParetoNbd->label());
        self::assertSame(['r', 'alpha', 's', 'beta'], Family::ParetoNbd->parameters());
    }

    public function testDrawsCustomersThatItsOwnFitFindsAgain(): void
    {
        $truth = new ParetoNbd(.8, 8, .7, 12, 7);
        $drawn = $truth->simulate(Column::float64(array_fill(0, 20000, 60.0)), t: 30, seed: 5);
        $again = $truth->simulate(array_fill(0, 20000, 60.0), t: 30, seed: 5, context: new \Retain\Context(threads: 2));
        self::assertSame($drawn->customers->frequency->toArray(), $again->customers->frequency);
        $model = ParetoNbd::fit($drawn->customers);
        self::assertNear(1.0, $model->r / .8, .1);
        $expected = array_sum($truth->orders($drawn->customers, t: 30)->toArray());
        self::assertNear(1.0, array_sum($drawn->future->toArray()) / $expected, .05);
    }
}
