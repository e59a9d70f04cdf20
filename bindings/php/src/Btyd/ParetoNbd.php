<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * Pareto/NBD: a customer can leave at any time, at a personal rate mu ~ Gamma(s, beta).
 *
 * Schmittlein, Morrison & Colombo 1987, Management Science 33(1); likelihood by eqs. 18–20 of Fader & Hardie 2005, "A note on
 * deriving the Pareto/NBD model". E[X(t)] = r beta / (alpha (s − 1)) [1 − (beta / (beta + t))^(s − 1)].
 */
final readonly class ParetoNbd extends Model
{
    /**
     * @param float $r shape of the purchase rates
     * @param float $alpha rate of the purchase rates, in units of time
     * @param float $s shape of the death rates
     * @param float $beta rate of the death rates, in units of time
     * @param float $unitDays days in the unit of time: 7 for weeks
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $r,
        public float $alpha,
        public float $s,
        public float $beta,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::ParetoNbd;
    }

    public function parameters(): array
    {
        return [$this->r, $this->alpha, $this->s, $this->beta];
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
