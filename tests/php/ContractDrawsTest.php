<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\DrawsVerdict;
use Retain\Btyd\Prior;
use Retain\Contract\Bdw;
use Retain\Contract\Draws;
use Retain\Contract\Sbg;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/** Draws of contract models through the classes; what is drawn is tested in C. */
final class ContractDrawsTest extends TestCase
{
    private const MONTH = 30.4375;
    private const SHOPS = ['forty' => [40, 38, 37], 'loyal' => [25, 25, 25, 25], 'many' => [869, 743, 653, 593, 551, 517]];

    public function testAPosteriorIsThatOfAGrid(): void
    {
        foreach (self::golden('contract_draws/posterior.csv') as $want) {
            $class = $want['family'] === 'sBG' ? Sbg::class : Bdw::class;
            $known[$want['family'] . $want['shop']] ??= $class::posteriorCohorts(
                self::SHOPS[$want['shop']],
                self::MONTH,
                seed: 5,
                prior: new Prior(parameters: (float) $want['prior_sd'])
            );
            $draws = $known[$want['family'] . $want['shop']];
            $found = match ($want['quantity']) {
                'survival' => $draws->survival([12.0], [2.0], 0.9),
                'pmf' => $draws->pmf([3.0], [2.0], 0.9),
                'retention' => $draws->retention([5.0], 0.9),
                default => null,
            };
            if ($found === null) {
                continue;
            }
            $error = $want['deviation'] / sqrt(1000);
            self::assertEqualsWithDelta((float) $want['mean'], $found->mean[0], 4.5 * $error);
            self::assertEqualsWithDelta((float) $want['low'], $found->low[0], 12 * $error);
            self::assertEqualsWithDelta((float) $want['high'], $found->high[0], 12 * $error);
        }
    }

    public function testAnswersAreMeansOverDraws(): void
    {
        $known = Sbg::posteriorCohorts(self::SHOPS['many'], self::MONTH, seed: 1, draws: 500, chains: 2);
        self::assertSame([1000, 2, DrawsVerdict::Converged], [count($known), $known->chains, $known->report->verdict]);
        self::assertSame(['alpha', 'beta'], array_keys($known->summary()));
        $value = $stays = 0.0;
        foreach (array_chunk($known->values, 2) as [$alpha, $beta]) {
            $model = new Sbg(exp($alpha), exp($beta), self::MONTH);
            $stays += $model->survival([3.0], [2.0])[0] / 1000;
            $value += $model->discounted([2.0], periods: 12, rate: 0.1)[0] / 1000;
        }
        self::assertEqualsWithDelta($stays, $known->survival([3], [2])->mean[0], 1e-12);
        self::assertEqualsWithDelta($value, $known->discounted([2], periods: 12, rate: 0.1)->mean[0], 1e-9);
        $base = $known->total([2, 2, 2], 3);
        self::assertEqualsWithDelta(3 * $stays, $base->value, 1e-9);
        self::assertTrue($base->least < $base->low && $base->low < $base->value && $base->high < $base->most && $base->most <= 3.0);
        $paid = $known->totalDiscounted([2, 2], [10.0, 20.0], periods: 12, rate: 0.1);
        self::assertEqualsWithDelta(30 * $value, $paid->value, 1e-6);
        self::assertEqualsWithDelta(2 * $known->pmf([3], [2])->mean[0], $known->totalLeaving([2, 2], 3)->value, 1e-9);
        self::assertGreaterThan(1.0, $known->lifetime([2], 12)->low[0]);
        self::assertGreaterThan(0.0, $known->elasticity([2], periods: 12)->mean[0]);
    }

    public function testRowsAndCohortsGiveTheSameDraws(): void
    {
        [$periods, $left, $weight] = [[1.0, 2.0, 3.0, 4.0, 5.0, 5.0], [1, 1, 1, 1, 1, 0], [126, 90, 60, 42, 34, 517]];
        $rows = Sbg::bootstrap($periods, $left, self::MONTH, seed: 3, weight: $weight, draws: 40);
        $cohorts = Sbg::bootstrapCohorts(self::SHOPS['many'], self::MONTH, seed: 3, draws: 40);
        self::assertSame($rows->values, $cohorts->values);
        self::assertSame($rows->values, Sbg::bootstrapCohorts(self::SHOPS['many'], self::MONTH, seed: 3, draws: 40)->values);
        $rows = Sbg::posterior($periods, $left, self::MONTH, seed: 3, weight: $weight, draws: 500);
        self::assertSame($rows->values, Sbg::posteriorCohorts(self::SHOPS['many'], self::MONTH, seed: 3, draws: 500)->values);
    }

    public function testRefitsOnABoundaryAreToldAndCanBeAsked(): void
    {
        try {
            Sbg::bootstrapCohorts([1000, 500, 250, 125], self::MONTH, seed: 1, draws: 50);
            self::fail('the refits were believed');
        } catch (ConvergenceException $refused) {
            self::assertInstanceOf(Draws::class, $refused->draws);
            self::assertSame(DrawsVerdict::Unsteady, $refused->report->verdict);
            self::assertEqualsWithDelta(0.5, $refused->draws->retention([4])->mean[0], 0.03);
        }
    }

    public function testBadArgumentsAreRefused(): void
    {
        $known = Sbg::posteriorCohorts(self::SHOPS['forty'], self::MONTH, seed: 1, prior: new Prior(parameters: 1.0));
        foreach ([
            static fn () => Sbg::posteriorCohorts([40, 38], self::MONTH, seed: 1, prior: new Prior(coefficients: 1.0)),
            static fn () => Sbg::posteriorCohorts([40, 38], self::MONTH, seed: 1, prior: new Prior(centre: ['alpha' => 1.0])),
            static fn () => Sbg::posteriorCohorts([40, 38], self::MONTH, seed: 1, chains: 65),
            static fn () => $known->discounted([0], periods: 0),
            static fn () => $known->total([0], worth: [1.0, 2.0]),
        ] as $call) {
            try {
                $call();
                self::fail('it was taken');
            } catch (ArgumentException $refused) {
                self::assertNotSame('', $refused->getMessage());
            }
        }
    }
}
