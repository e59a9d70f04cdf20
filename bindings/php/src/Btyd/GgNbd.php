<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * Gamma-Gompertz/NBD: a customer may leave at any time, and the risk of it rises with age.
 *
 * The risk at age u is b eta e^(b u), eta ~ Gamma(s, beta). With b and beta going to 0 together it is Pareto/NBD, whose beta is
 * beta / b. Bemmaor & Glady 2012, Management Science 58(5); conditional expectation as corrected by Adler 2022.
 */
final readonly class GgNbd extends Model
{
    /**
     * @param float $r shape of the purchase rates
     * @param float $alpha rate of the purchase rates, in units of time
     * @param float $b how fast the risk of leaving grows: by e^b per unit of time
     * @param float $s shape of the frailties, eta ~ Gamma(s, beta)
     * @param float $beta rate of the frailties
     * @param float $unitDays days in the unit of time: 7 for weeks
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $r,
        public float $alpha,
        public float $b,
        public float $s,
        public float $beta,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::GgNbd;
    }

    public function parameters(): array
    {
        return [$this->r, $this->alpha, $this->b, $this->s, $this->beta];
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
