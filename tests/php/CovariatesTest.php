<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgBb;
use Retain\Btyd\BgCnbd;
use Retain\Btyd\BgNbd;
use Retain\Btyd\GgNbd;
use Retain\Btyd\MbgCnbd;
use Retain\Btyd\MbgNbd;
use Retain\Btyd\Model;
use Retain\Btyd\Nbd;
use Retain\Btyd\ParetoNbd;
use Retain\Btyd\Prior;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\LikelihoodRatio;

/** Covariates of buy-till-you-die models, priors, and tests of one fit against another. */
final class CovariatesTest extends TestCase
{
    private const COEFFICIENTS = ['channel' => ['purchase' => .5, 'lifetime' => -.4], 'basket' => ['purchase' => .2, 'lifetime' => .3]];

    private static function truth(): BgNbd
    {
        return (new BgNbd(.6, 5, .8, 2.5, 7))->withCovariates(self::COEFFICIENTS);
    }

    private static function draw(int $rows): Customers
    {
        $ages = $covariates = [];
        for ($i = 0; $i < $rows; $i++) {
            $ages[] = 39.0 - ($i % 84) / 7;
            $covariates['channel'][] = $i % 5 < 2 ? 1 : 0;
            $covariates['basket'][] = ($i * 7 % 11) / 5;
        }
        return self::truth()->simulate($ages, 0.0, 5, covariates: $covariates)->customers;
    }

    public function testFitsRecoverTheCoefficients(): void
    {
        $customers = self::draw(20000);
        $model = BgNbd::fit($customers, covariates: ['channel', 'basket']);
        foreach (self::COEFFICIENTS as $name => $of) {
            foreach ($of as $process => $value) {
                self::assertEqualsWithDelta($value, $model->covariates()[$name][$process], 4 * $model->report->standardError["{$process}[$name]"]);
            }
        }
        self::assertSame($model->covariates()['channel']['purchase'], $model->report->estimate['purchase[channel]']);
        self::assertSame('estimated', $model->report->kind['purchase[channel]']);
    }

    public function testNoCovariateHasAnEffectOnLeavingUnderNbd(): void
    {
        $model = (new Nbd(.5, 8.0, 7.0))->withCovariates(['z' => ['purchase' => .3]]);
        $stored = $model->toArray();
        $stored['covariates'][0]['lifetime'] = .2;
        $customers = new Customers([2.0, 0.0, 3.0], [30.0, 0.0, 20.0], [38.0, 38.0, 39.0], 7.0, covariates: ['z' => [0.0, 1.0, 1.0]]);
        $refused = [
            "covariates['z']['lifetime'] is 0.2; it must be 0: NBD has no" => static fn () => $model->withCovariates(['z' => ['lifetime' => .2]]),
            'covariates[0].lifetime is 0.2; it must be 0: NBD has no lifetime process' => static fn () => Model::fromArray($stored),
            'it must be 0: NBD has no lifetime process' => static fn () => Nbd::fit($customers, covariates: ['z'], lifetime: ['z']),
        ];
        foreach ($refused as $sentence => $call) {
            try {
                $call();
                self::fail($sentence);
            } catch (ArgumentException $refusal) {
                self::assertStringContainsString($sentence, $refusal->getMessage());
            }
        }
    }

    public function testMeetsTheGoldenRowsOfEveryFamily(): void
    {
        $classes = [];
        foreach ([ParetoNbd::class, BgNbd::class, MbgNbd::class, Nbd::class, BgCnbd::class, MbgCnbd::class, GgNbd::class, BgBb::class] as $class) {
            $classes[$class::family()->label()] = $class;
        }
        foreach (self::golden('btyd/covariates.csv') as $i => $row) {
            $class = $classes[$row['family']];
            $values = array_map(static fn (string $name): float => (float) $row[$name], $class::family()->parameters());
            $k = (int) $row['k'] > 0 ? [(int) $row['k']] : [];
            $model = (new $class(...[...$values, ...$k, 7.0]))->withCovariates([
                'u' => ['purchase' => (float) $row['purchase_0'], 'lifetime' => (float) $row['lifetime_0']],
                'v' => ['purchase' => (float) $row['purchase_1'], 'lifetime' => (float) $row['lifetime_1']],
            ]);
            $one = new Customers(
                [(float) $row['x']],
                [(float) $row['t_x']],
                [(float) $row['T']],
                7.0,
                logGaps: [(float) $row['log_gaps']],
                covariates: ['u' => [(float) $row['z_0']], 'v' => [(float) $row['z_1']]],
            );
            $got = [
                'log_likelihood' => $model->likelihood($one)[0],
                'alive' => $model->alive($one)[0],
                'orders' => $model->orders($one, t: (float) $row['t'])[0],
                'dert' => $model->discounted($one, delta: (float) $row['rate'])[0],
            ];
            foreach ($got as $name => $value) {
                $want = (float) $row[$name];
                self::assertNear($want, $value, 1e-12 * (abs($want) + ($name === 'log_likelihood' ? 1.0 : 0.0)), "row $i $name");
            }
        }
    }

    public function testEveryCustomerHasOwnParameters(): void
    {
        $customers = self::draw(50);
        $orders = self::truth()->orders($customers, t: 26.0);
        $u = .5 * $customers->covariates['channel'][7] + .2 * $customers->covariates['basket'][7];
        $v = -.4 * $customers->covariates['channel'][7] + .3 * $customers->covariates['basket'][7];
        $own = new BgNbd(.6, 5 * exp(-$u), .8 * exp($v / 2), 2.5 * exp(-$v / 2), 7);
        $one = new Customers([$customers->frequency[7]], [$customers->t_x[7]], [$customers->T[7]], 7);
        self::assertEqualsWithDelta($own->orders($one, t: 26.0)[0], $orders[7], 1e-12);
        $given = ['channel' => (float) $customers->covariates['channel'][7], 'basket' => (float) $customers->covariates['basket'][7]];
        self::assertEqualsWithDelta($own->expected([13.0])[0], self::truth()->expected([13.0], covariates: $given)[0], 1e-12);
        self::assertEqualsWithDelta($own->pmf(13.0, [2])[0], self::truth()->pmf(13.0, [2], covariates: $given)[0], 1e-12);
        self::assertCount(50 * 8, self::truth()->gradient($customers));
    }

    public function testPackedColumnsGiveTheSameNumbers(): void
    {
        $customers = self::draw(40);
        $packed = new Customers(
            pack('d*', ...$customers->frequency),
            pack('d*', ...$customers->t_x),
            pack('d*', ...$customers->T),
            7,
            covariates: array_map(static fn (array $column): string => pack('d*', ...$column), $customers->covariates)
        );
        self::assertSame(self::truth()->alive($customers), array_values(unpack('d*', self::truth()->alive($packed))));
    }

    public function testModelsWithCovariatesCanBeStored(): void
    {
        $stored = json_decode(json_encode(self::truth()->toArray()), true);
        self::assertSame(self::truth()->toArray(), Model::fromArray($stored)->toArray());
    }

    public function testConstraintsAndTheirTest(): void
    {
        $customers = self::draw(4000);
        $full = BgNbd::fit($customers, covariates: ['channel', 'basket']);
        $fewer = BgNbd::fit($customers, covariates: ['channel', 'basket'], purchase: ['basket'], equal: ['basket'], fixed: ['r' => .6]);
        self::assertSame(.6, $fewer->r);
        self::assertSame(0.0, $fewer->covariates()['channel']['purchase']);
        self::assertSame($fewer->covariates()['basket']['purchase'], $fewer->covariates()['basket']['lifetime']);
        $test = LikelihoodRatio::test($fewer->report, $full->report);
        self::assertSame(3, $test->degreesOfFreedom);
        self::assertEqualsWithDelta(2 * ($full->report->logLikelihood - $fewer->report->logLikelihood), $test->statistic, 1e-9);
        self::assertLessThan(.01, $test->pValue);
        self::assertSame(4, LikelihoodRatio::test(BgNbd::fit($customers)->report, $full->report)->degreesOfFreedom);
        $this->expectException(ArgumentException::class);
        LikelihoodRatio::test($full->report, $fewer->report);
    }

    public function testAPriorGivesFewCustomersASaneAnswer(): void
    {
        $model = ParetoNbd::fit(self::draw(50), covariates: ['channel'], prior: new Prior(parameters: 1.5, coefficients: 1.0));
        self::assertTrue($model->report->hasPrior);
        self::assertLessThan($model->report->logLikelihood, $model->report->objective);
        self::assertNan($model->report->aic);
    }

    public function testVerdictsNameTheCovariate(): void
    {
        $made = self::draw(300);
        $columns = $made->covariates + ['country' => array_fill(0, 300, 3.0)];
        $customers = new Customers($made->frequency, $made->t_x, $made->T, 7, covariates: $columns);
        try {
            BgNbd::fit($customers, covariates: ['channel', 'country']);
            self::fail('a constant is no covariate');
        } catch (ConvergenceException $exception) {
            self::assertStringContainsString('country is the same for all customers', $exception->getMessage());
        }
    }

    /** @return iterable<string, array{array<string, mixed>, string}> */
    public function mistakes(): iterable
    {
        yield 'unknown' => [['covariates' => ['colour']], "no covariate 'colour'"];
        yield 'mask' => [['covariates' => ['channel'], 'purchase' => ['basket']], "purchase names 'basket'"];
        yield 'fixed' => [['covariates' => ['channel'], 'fixed' => ['q' => 1.0]], "fixed names 'q'"];
        yield 'range' => [['fixed' => ['r' => -1.0]], "fixed['r'] is -1"];
        yield 'centre' => [['prior' => new Prior(1.0, 1.0, ['r' => 1.0])], 'centre must name r, alpha, a, b'];
    }

    /**
     * @dataProvider mistakes
     * @param array<string, mixed> $options
     */
    public function testMistakesAreNamed(array $options, string $words): void
    {
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage($words);
        BgNbd::fit(self::draw(30), ...$options);
    }

    public function testAPriorHasAWidth(): void
    {
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage('parameters is -1; it must lie in [0, 10]');
        new Prior(parameters: -1.0);
    }

    public function testNewCustomersNeedTheirCovariates(): void
    {
        $this->expectException(ArgumentException::class);
        $this->expectExceptionMessage("'basket' is missing");
        self::truth()->expected([13.0], covariates: ['channel' => 1.0]);
    }

    public function testCoefficientsThatAreNoneAreRefused(): void
    {
        $model = new BgNbd(.6, 5, .8, 2.5, 7);
        foreach ([['shop' => .6], ['shop' => ['purchases' => .6]]] as $wrong) {
            try {
                $model->withCovariates($wrong);
                self::fail('no exception');
            } catch (\Retain\Exception\ArgumentException $e) {
                self::assertStringContainsString("covariates['shop'] must be an array such as ['purchase' => .3", $e->getMessage());
            }
        }
    }
}
