<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Contract\Bdw;
use Retain\Contract\Family;
use Retain\Contract\Model;
use Retain\Contract\Moment;
use Retain\Contract\Sbg;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Verdict;

/** Contract models: golden vectors, published fits, forms of data, refusals. */
final class ContractTest extends TestCase
{
    private const REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241];
    private const HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491];

    /** @param array<string, string> $row */
    private static function check(array $row, string $name, float $got): void
    {
        $want = (float) ($row[$name] === 'inf' ? INF : $row[$name]);
        if (is_infinite($want)) {
            self::assertSame($want, $got, "$row[id] $name");
            return;
        }
        /* where the exact value is 0 the file has what was left of its digits, 1e-79 */
        $stress = $row['kind'] === 'stress';
        $allowed = isset($row['scale']) ? ($stress ? 1e-13 : 1e-14) * (float) $row['scale'] : max(($stress ? 1e-9 : 1e-12) * abs($want), 1e-75);
        self::assertNear($want, $got, $allowed, "$row[id] $name");
    }

    public function testMeetsTheValuesOfTheSbg(): void
    {
        foreach (self::golden('contract/sbg.csv') as $row) {
            $model = new Sbg((float) $row['alpha'], (float) $row['beta'], 365.25);
            $t = (int) $row['t'];
            self::check($row, 'p_t', $model->pmf([$t])[0]);
            self::check($row, 'log_p_t', $model->logPmf([$t])[0]);
            self::check($row, 'survivor_t', $model->survival([$t])[0]);
            self::check($row, 'log_survivor_t', $model->logSurvival([$t])[0]);
            self::check($row, 'retention_t', $model->retention([$t])[0]);
            self::check($row, 'derl', $model->discounted([$t - 1], Moment::DerlBefore, rate: (float) $row['d'])[0]);
            self::check($row, 'del', $model->discounted(rate: (float) $row['d'])[0]);
        }
        foreach (self::golden('contract/sbg_loglik.csv') as $row) {
            $model = new Sbg((float) $row['alpha'], (float) $row['beta'], 365.25);
            $survivors = array_map('floatval', explode(' ', $row['survivors']));
            self::check($row, 'loglik', $model->likelihoodCohorts($survivors)[0]);
            self::check($row, 'd_log_alpha', $model->gradientCohorts($survivors)[0]);
            self::check($row, 'd_log_beta', $model->gradientCohorts($survivors)[1]);
        }
    }

    public function testMeetsTheValuesOfTheBdw(): void
    {
        foreach (self::golden('contract/bdw.csv') as $row) {
            $model = new Bdw((float) $row['alpha'], (float) $row['beta'], (float) $row['c'], 365.25);
            [$n, $t] = [(int) $row['n'], (int) $row['t']];
            self::check($row, 'survival', $model->survival([$t], [$n])[0]);
            self::check($row, 'log_survival', $model->logSurvival([$t], [$n])[0]);
            self::check($row, 'pmf', $model->pmf([$t], [$n])[0]);
            self::check($row, 'log_pmf', $model->logPmf([$t], [$n])[0]);
            self::check($row, 'retention', $model->retention([$n + $t])[0]);
            self::check($row, 'hazard', $model->hazard([$n + $t])[0]);
        }
        foreach (self::golden('contract/bdw_value.csv') as $row) {
            $model = new Bdw((float) $row['alpha'], (float) $row['beta'], (float) $row['c'], 365.25);
            $n = [(int) $row['n']];
            $options = ['periods' => $row['horizon'] === 'inf' ? null : (int) $row['horizon'], 'rate' => (float) $row['d']];
            self::check($row, 'del', $model->discounted($n, Moment::Del, ...$options)[0]);
            self::check($row, 'derl_before', $model->discounted($n, Moment::DerlBefore, ...$options)[0]);
            self::check($row, 'derl_after', $model->discounted($n, Moment::DerlAfter, ...$options)[0]);
            self::check($row, 'elasticity_del', $model->elasticity($n, Moment::Del, ...$options)[0]);
            self::check($row, 'elasticity_derl', $model->elasticity($n, Moment::DerlBefore, ...$options)[0]);
        }
        foreach (self::golden('contract/bdw_loglik.csv') as $row) {
            $model = new Bdw((float) $row['alpha'], (float) $row['beta'], (float) $row['c'], 365.25);
            $survivors = array_map('floatval', explode(' ', $row['survivors']));
            self::check($row, 'loglik', $model->likelihoodCohorts($survivors)[0]);
            foreach (['d_log_alpha', 'd_log_beta', 'd_log_c'] as $k => $name) {
                self::check($row, $name, $model->gradientCohorts($survivors)[$k]);
            }
        }
    }

    public function testMeetsPublishedFits(): void
    {
        foreach (self::golden('contract/sbg_mle.csv') as $row) {
            $model = Sbg::fitCohorts(str_contains($row['fit'], 'highend') ? self::HIGH_END : array_slice(self::REGULAR, 0, 5), 365.25);
            $want = (float) $row['estimate'];
            self::assertNear($want, $model->report->estimate[$row['parameter']], 1e-9 * $want);
            self::assertNear((float) $row['loglik'], $model->report->logLikelihood, 1e-8);
        }
        $model = Sbg::fitCohorts(self::HIGH_END, 365.25);
        self::assertNear(5.922254, $model->discounted(annualRate: .1)[0], 1e-5);
        self::assertNear(5.414479, $model->discounted([0], Moment::DerlBefore, annualRate: .1)[0], 1e-5);
        self::assertNear(.377999, $model->survival([12])[0], 1e-5);
        $larger = Bdw::fitCohorts(self::HIGH_END, 365.25);
        self::assertNear(1.723565, $larger->c, 2e-5);
        self::assertNear(-1605.31421, $larger->report->logLikelihood, 1e-4);
        self::assertSame(INF, $larger->lifetime()[0]);
        self::assertSame(['alpha', 'beta', 'c'], Family::Bdw->parameters());
        self::assertSame('sBG', Family::Sbg->label());
    }

    public function testTakesAllFormsOfTheSameCustomers(): void
    {
        $truth = new Bdw(.9, 4, 1.3, 30.4375);
        $drawn = $truth->simulate([...array_fill(0, 500, 3), ...array_fill(0, 700, 6)], 3);
        $cohorts = [];
        foreach ([[0, 500, 3], [500, 700, 6]] as [$start, $count, $seen]) {
            $lifetimes = array_slice($drawn->lifetime, $start, $count);
            $at = static fn (int $t): int => count(array_filter($lifetimes, static fn (float $T): bool => $T > $t));
            $cohorts[] = array_map($at, range(0, $seen));
        }
        $rows = Bdw::fit($drawn->periods, $drawn->left, 30.4375);
        $counted = Bdw::fitCohorts($cohorts, 30.4375);
        $packed = Bdw::fit(pack('d*', ...$drawn->periods), pack('C*', ...$drawn->left), 30.4375, array_fill(0, 1200, 1));
        self::assertSame($rows->parameters(), $counted->parameters());
        self::assertSame($rows->toArray(), $packed->toArray());
        self::assertNear(array_sum($rows->likelihood($drawn->periods, $drawn->left)), array_sum($rows->likelihoodCohorts($cohorts)), 1e-8);
        self::assertCount(3600, $rows->gradient($drawn->periods, $drawn->left));
        self::assertSame($rows->toArray(), Model::fromArray(json_decode(json_encode($rows), true))->toArray());
        self::assertSame(pack('d*', ...$rows->survival([1, 2])), $rows->survival(pack('d*', 1, 2)));
        self::assertSame($rows->survival([1, 2]), $rows->survival(Column::float64([1, 2]))->toArray());
        $limits = $rows->survivalLimits([1, 12]);
        self::assertSame($rows->survival([1, 12]), $limits->value);
        self::assertTrue($limits->low[1] < $limits->value[1] && $limits->value[1] < $limits->high[1]);
        $limits = $rows->discountedLimits([0, 5], annualRate: .1);
        self::assertTrue($limits->low[1] < $limits->value[1] && $limits->value[1] < $limits->high[1]);
        $limits = $rows->retentionLimits([3], .5);
        self::assertTrue($limits->low[0] < $limits->value[0] && $limits->value[0] < $limits->high[0]);
    }

    public function testSaysWhyAFitIsNone(): void
    {
        $thrown = self::thrownBy(static fn () => Sbg::fitCohorts([1000, 800, 640, 512, 409.6, 327.68], 30));
        self::assertInstanceOf(ConvergenceException::class, $thrown);
        self::assertSame(Verdict::Boundary, $thrown->report->verdict);
        self::assertStringContainsString('all customers leave with the same probability', $thrown->getMessage());
        self::assertNear(.8, $thrown->model->retention([4])[0], 1e-6);
        self::assertNan($thrown->model->survivalLimits([2])->low[0]);
        $thrown = self::thrownBy(static fn () => Bdw::fit([1, 2], [0, 0], 30));
        self::assertSame(Verdict::TooLittleData, $thrown->report->verdict);
    }

    public function testRefusesByName(): void
    {
        $model = new Sbg(.7, 1.2, 365.25);
        $calls = [
            'survivors' => static fn () => Sbg::fitCohorts('10 9', 30),
            'survivors[1]' => static fn () => Sbg::fitCohorts([[10, 9], 5], 30),
            'periodDays is 0' => static fn () => Sbg::fitCohorts([10, 9, 8], 0),
            'level' => static fn () => Sbg::fitCohorts([10, 9, 8], 30, level: 2),
            'left' => static fn () => Sbg::fit([1, 2], [1], 30),
            'not fitted' => static fn () => $model->survivalLimits([1]),
            'give one of them' => static fn () => $model->discounted(annualRate: .1, rate: .1),
            'annualRate' => static fn () => $model->discounted(annualRate: -1),
            'rate is -1' => static fn () => $model->discounted(rate: -1),
            'periods is -1' => static fn () => $model->discounted(periods: -1),
            'alpha' => static fn () => new Sbg(0, 1, 30),
            'periodDays' => static fn () => new Sbg(1, 1, -30),
            'format' => static fn () => Model::fromArray(['alpha' => 1]),
            "family is 'Sbg'" => static fn () => Model::fromArray(['format' => 'libretain model', 'version' => 1, 'family' => 'Sbg']),
        ];
        foreach ($calls as $words => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown, $words);
            self::assertStringContainsString($words, $thrown->getMessage());
        }
        $rows = [
            'survivors[0, 1]' => static fn () => Sbg::fitCohorts([10, 11], 30), 'periods[1] is 0' => static fn () => Sbg::fit([1, 0], [1, 1], 30),
            't[0] is 0' => static fn () => $model->retention([0]), 'survived[1]' => static fn () => $model->discounted([0, -1]),
        ];
        foreach ($rows as $words => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown, $words);
            self::assertStringContainsString($words, $thrown->getMessage());
        }
    }
}
