<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\FitReport;

/**
 * NBD: nobody ever leaves. What the other families are judged against.
 *
 * Everyone is alive for ever, so alive() is 1 and discounted orders for ever without discount are infinite. Ehrenberg 1959, Applied
 * Statistics 8(1).
 */
final readonly class Nbd extends Model
{
    /**
     * @param float $r shape of the purchase rates
     * @param float $alpha rate of the purchase rates, in units of time
     * @param float $unitDays days in the unit of time: 7 for weeks
     * @param ?FitReport $report of the fit, if the model comes from one
     */
    public function __construct(
        public float $r,
        public float $alpha,
        public float $unitDays,
        public ?FitReport $report = null,
    ) {
        $this->check();
    }

    public static function family(): Family
    {
        return Family::Nbd;
    }

    public function parameters(): array
    {
        return [$this->r, $this->alpha];
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
