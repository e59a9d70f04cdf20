<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * The likelihood-ratio test: do the data ask for what one model estimates and another, its special case, does not?
 *
 *     $test = LikelihoodRatio::test(restricted: $plain->report, full: $withChannel->report);
 *     echo $test->pValue;
 *
 * Not for values at the edge of what is possible, such as nobody ever leaving: there the p-value is about twice too large. That is
 * also why families are not compared with each other. S. S. Wilks 1938, Annals of Mathematical Statistics 9(1).
 */
final readonly class LikelihoodRatio
{
    /**
     * @param float $statistic 2 (log L of the full model − log L of the restricted one), never below 0
     * @param int $degreesOfFreedom number of entries by which the two differ
     * @param float $pValue chance of a statistic at least so large where the restricted model holds
     */
    public function __construct(
        public float $statistic,
        public int $degreesOfFreedom,
        public float $pValue,
    ) {
    }

    /**
     * @param FitReport $restricted some entries of the full model are held, left out or equal in it; or it has no covariates
     * @param FitReport $full fitted to the same customers
     * @throws ArgumentException for models that are not nested, other families or customers, fits that are no interior maximum or
     *                           had a prior
     */
    public static function test(FitReport $restricted, FitReport $full, ?Context $context = null): self
    {
        $names = static fn (FitReport $report): array => array_keys($report->estimate);
        if ($restricted->coefficients > 0 && $full->coefficients > 0 && $names($restricted) !== $names($full)) {
            throw new ArgumentException(
                'restricted and full have other covariates; fit both to the same ones, and leave some out of a process',
                1
            );
        }
        $result = retain_fit_likelihood_ratio($context?->raw(), $restricted->numbers(), $full->numbers());
        return new self($result['record']['statistic'], $result['record']['degrees'], $result['record']['p_value']);
    }
}
