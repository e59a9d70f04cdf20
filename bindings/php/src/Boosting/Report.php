<?php

declare(strict_types=1);

namespace Retain\Boosting;

use Retain\Value;

/** What there is to say about the fit of boosted trees. */
final readonly class Report extends Value
{
    /**
     * @param int $rows rows used: of weight above 0
     * @param float $customers sum of the weights
     * @param float $events to how many of them it happened
     * @param int $trees of the model
     * @param int $nodes of the model
     * @param float $baseLogLoss mean log loss of the prevalence given to all
     * @param float $logLoss of the model on the customers it was made from: not to be mistaken for how well it forecasts
     * @param float $heldOut customers held out in all turns; 0 without folds
     * @param float $heldOutLogLoss mean log loss on them with so many trees; slightly hopeful. NaN without folds
     * @param bool $atMost the log loss on customers held out was still falling when the rounds ran out
     */
    public function __construct(
        public int $rows,
        public float $customers,
        public float $events,
        public int $trees,
        public int $nodes,
        public float $baseLogLoss,
        public float $logLoss,
        public float $heldOut,
        public float $heldOutLogLoss,
        public bool $atMost,
    ) {
    }
}
