<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Context;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;

/**
 * Families of regular customers: a purchase happens at every k-th tick of a hidden clock, so gaps are the more even the larger k
 * is. Their fit reads `logGaps`, which Orders::summary(logGaps: true) makes.
 */
abstract readonly class RegularModel extends Model
{
    /** Stages of a gap. */
    abstract public function k(): int;

    /**
     * Fits the family to customers by maximum likelihood; k is given, or chosen by likelihood.
     *
     * @param Customers|Histories $customers no Histories, which are for ParetoNbd; `weight` counts identical customers; `logGaps` is read unless k is 1
     * @param int $iterations most Newton steps for each k
     * @param float $level two-sided level of the intervals in the report, in (0, 1)
     * @param list<string> $covariates, and all that follows up to $prior: as for Model::fit
     * @param int $k 1 to 64; 0: the most likely of 1 to 12, of which the report's explanation tells. k is not counted as a parameter
     * @throws ConvergenceException unless the maximum is in the interior and identified; `model` and `report` say how far the
     *                              fit came
     */
    final public static function fit(
        Customers|Histories $customers,
        int $iterations = 200,
        float $level = 0.95,
        ?Context $context = null,
        array $covariates = [],
        ?array $purchase = null,
        ?array $lifetime = null,
        array $equal = [],
        array $fixed = [],
        ?Prior $prior = null,
        int $k = 0,
    ): static {
        return static::fitWith($customers, $iterations, $level, $k, $context, $covariates, $purchase, $lifetime, $equal, $fixed, $prior);
    }

    /**
     * For constructors: k is a whole number in its range, or 0 where a fit had too little data to begin.
     *
     * @internal
     */
    protected function check(): void
    {
        parent::check();
        $least = is_nan($this->parameters()[0]) ? 0 : 1;
        if ($this->k() < $least || $this->k() > 64) {
            throw new ArgumentException('k is ' . $this->k() . '; it must lie in [1, 64]', 1);
        }
    }
}
