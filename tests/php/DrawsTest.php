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
            self::assertSame(DrawsVerdict::Unsteady, $refused->draws->report?->verdict);
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
}
