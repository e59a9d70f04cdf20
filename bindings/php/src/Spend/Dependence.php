<?php

declare(strict_types=1);

namespace Retain\Spend;

use Retain\Columns;
use Retain\Context;
use Retain\Value;

/**
 * Does spend depend on how often a customer buys?
 *
 *     $dependence = Dependence::of(OrderValues::of($orders, '2024-12-31'));
 *     echo $dependence->spearman->pValue;
 *
 * Ranks and slope are of means of logarithms, whose expectation does not depend on the number of orders. The logarithm of a mean grows
 * with it, and would show a dependence where there is none.
 */
final readonly class Dependence extends Value
{
    /**
     * @param float $customers those with orders, n
     * @param Measure $pearson correlation of frequency and mean value. Assumes that they are about jointly normal, which order values
     *                         seldom are: one large customer can decide it
     * @param Measure $spearman correlation of the ranks of frequency and mean logarithm. Assumes independent customers only
     * @param Measure $slope of the mean logarithm on log(1 + frequency), by least squares: theta. Its standard error allows customers
     *                       with few orders to scatter more
     */
    public function __construct(
        public float $customers,
        public Measure $pearson,
        public Measure $spearman,
        public Measure $slope,
    ) {
    }

    /** @param float $level two-sided level of the limits, in (0, 1) */
    public static function of(OrderValues $values, float $level = 0.95, ?Context $context = null): self
    {
        $given = [...array_slice($values->columns(true, false), 0, 5), $values->weight, Columns::level($level)];
        $record = retain_spend_orders_dependence($context?->raw(), ...$given)['record'];
        return new self(
            $record['customers'],
            new Measure(...$record['pearson']),
            new Measure(...$record['spearman']),
            new Measure(...$record['slope'])
        );
    }
}
