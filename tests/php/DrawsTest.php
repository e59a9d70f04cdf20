<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Btyd\BgNbd;
use Retain\Btyd\Draws;
use Retain\Btyd\DrawsVerdict;
use Retain\Btyd\Nbd;
use Retain\Btyd\Prior;
use Retain\Btyd\Question;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/** Draws of the parameters through the classes; what is drawn is tested in C. */
final class DrawsTest extends TestCase
{
    private static function few(): Customers
    {
        return new Customers([0.0, 0.0, 2.0, 1.0, 0.0], [0.0, 0.0, 20.0, 5.0, 0.0], [30.0, 28.0, 33.0, 25.0, 31.0], 7.0);
    }

    public function testDrawsFromAPosteriorAnswerQuestions(): void
    {
        $known = BgNbd::posterior(self::few(), seed: 1, draws: 500, prior: new Prior(parameters: 1.0));
        self::assertSame(DrawsVerdict::Converged, $known->report?->verdict);
        self::assertSame(2000, $known->report->draws);
        self::assertSame(['r', 'alpha', 'a', 'b'], array_keys($known->summary()));
        $r = $known->summary(0.9)['r'];
        self::assertTrue($r->low < $r->median && $r->median < $r->high && $r->rHat < 1.01);
        $total = $known->total(self::few(), Question::orders(t: 13));
        self::assertTrue($total->least <= $total->low && $total->low < $total->value && $total->high <= $total->most);
        $each = $known->interval(self::few(), Question::orders(t: 13));
        self::assertEqualsWithDelta($total->value, array_sum($each->mean), 1e-9);
        self::assertTrue($each->low[2] < $each->mean[2] && $each->mean[2] < $each->high[2] && $each->deviation[2] > 0);
    }

    public function testTheSameSeedGivesTheSameDraws(): void
    {
        $draw = static fn (int $seed): Draws => Nbd::posterior(self::few(), seed: $seed, draws: 400, prior: new Prior(parameters: 1.0));
        self::assertSame($draw(3)->values, $draw(3)->values);
        self::assertNotSame($draw(3)->values, $draw(4)->values);
    }

    public function testRefitsOfAFewCustomersAreTold(): void
    {
        try {
            BgNbd::bootstrap(self::few(), seed: 1, draws: 20);
            self::fail('the refits were believed');
        } catch (ConvergenceException $refused) {
            self::assertInstanceOf(Draws::class, $refused->draws);
            self::assertSame(DrawsVerdict::Unsteady, $refused->report->verdict);
            self::assertSame($refused->report, $refused->draws->report);
            self::assertInstanceOf(BgNbd::class, $refused->model);
            self::assertStringContainsString('ended on a boundary or a ridge', $refused->getMessage());
        }
        self::assertSame(DrawsVerdict::Converged, Nbd::bootstrap(self::few(), 1, 20, new Prior(parameters: 1.0))->report?->verdict);
    }

    public function testNormalDrawsNeedAFit(): void
    {
        $fit = Nbd::fit(self::few(), prior: new Prior(parameters: 1.0));
        $summary = $fit->normal(seed: 2, draws: 4000)->summary();
        self::assertEqualsWithDelta($fit->r, $summary['r']->median, 0.1 * $fit->r);
        $this->expectException(ArgumentException::class);
        (new Nbd(0.5, 5.0, 7.0))->normal(seed: 1);
    }

    public function testAPosteriorIsThatOfAGrid(): void
    {
        $x = $t_x = $T = [];
        foreach (self::golden('draws/nbd_rows.csv') as $row) {
            $x[] = (float) $row['x'];
            $T[] = (float) $row['T'];
            $t_x[] = $row['x'] > 0 ? 0.5 * $row['T'] : 0.0;
        }
        foreach (self::golden('draws/nbd_posterior.csv') as $want) {
            if ($want['quantity'] === 'orders') {
                continue;
            }
            $prior = new Prior(parameters: (float) $want['prior_sd']);
            $values = Nbd::posterior(new Customers($x, $t_x, $T, 1.0), seed: 7, draws: 1000, prior: $prior)->values;
            $drawn = [];
            foreach ($values as $i => $value) {
                if ($i % 2 === (int) ($want['quantity'] === 'log_alpha')) {
                    $drawn[] = $value;
                }
            }
            sort($drawn);
            $error = $want['deviation'] / sqrt(1000);
            self::assertEqualsWithDelta((float) $want['mean'], array_sum($drawn) / count($drawn), 4.5 * $error);
            self::assertEqualsWithDelta((float) $want['median'], $drawn[intdiv(count($drawn), 2)], 6 * $error);
        }
    }

    public function testConvergenceIsThatOfArviz(): void
    {
        $chains = iterator_to_array(self::golden('draws/chains.csv'), false);
        foreach (self::golden('draws/convergence.csv') as $want) {
            if ($want['quantity'] === 'wide') { // beyond the digits of what is shifted
                continue;
            }
            $column = array_map(static fn (array $row): float => (float) $row[$want['quantity']], $chains);
            $values = []; // what is summed up is a parameter, which is positive: shifted, convergence is the same
            foreach ($column as $number) {
                array_push($values, log($number - min($column) + 1.0), 0.0);
            }
            $found = (new Draws(new Nbd(1.0, 1.0, 7.0), ['r', 'alpha'], $values, 4, null))->summary()['r'];
            self::assertEqualsWithDelta((float) $want['r_hat'], $found->rHat, 1e-9);
            self::assertEqualsWithDelta((float) $want['ess_bulk'], $found->essBulk, 1e-6);
            self::assertEqualsWithDelta((float) $want['ess_tail'], $found->essTail, 1e-6);
        }
    }
}
