<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * BG/NBD: after every repeat purchase a customer leaves with probability p ~ Beta(a, b).
 *
 * Fader, Hardie & Lee 2005, Marketing Science 24(2), likelihood by eq. 6, E[X(t)] by eq. 9, conditional expectation by eq. 10. A
 * customer who has bought once cannot have left: P(alive) is 1 for every one of them.
 */
final readonly class BgNbd extends Model
{
    /**
     * @param float $r shape of the purchase rates
     * @param float $alpha rate of the purchase rates, in units of time
     * @param float $a first parameter of the probability of leaving
     * @param float $b second parameter of the probability of leaving
     * @param float $unitDays days in the unit of time: 7 for weeks
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $r,
        public float $alpha,
        public float $a,
        public float $b,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::BgNbd;
    }

    public function parameters(): array
    {
        return [$this->r, $this->alpha, $this->a, $this->b];
    }

    public function unitDays(): float
    {
        return $this->unitDays;
    }

    protected static function make(array $parameters, float $unitDays, ?FitReport $report): static
    {
        return new self(...[...$parameters, $unitDays, $report]);
    }
}
