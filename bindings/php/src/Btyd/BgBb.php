<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * BG/BB: purchases at discrete opportunities, such as one appeal for a donation a year. Before each a customer leaves with
 * probability theta ~ Beta(gamma, delta), and else uses it with probability p ~ Beta(alpha, beta).
 *
 * `T` of a customer is the number of opportunities after the one that made someone a customer, `t_x` the last one used,
 * `frequency` how many: whole numbers, frequency <= t_x <= T <= 1,000,000. Horizons are whole numbers of opportunities. alive() is the
 * probability to be there when the next opportunity comes.
 *
 * Fader, Hardie & Shang 2010, Marketing Science 29(6), eqs. 5-14.
 */
final readonly class BgBb extends Model
{
    /**
     * @param float $alpha first parameter of the probability of buying
     * @param float $beta second parameter of the probability of buying
     * @param float $gamma first parameter of the probability of leaving
     * @param float $delta second parameter of the probability of leaving
     * @param float $unitDays days from one opportunity to the next: 365.25 for years
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $alpha,
        public float $beta,
        public float $gamma,
        public float $delta,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::BgBb;
    }

    public function parameters(): array
    {
        return [$this->alpha, $this->beta, $this->gamma, $this->delta];
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
