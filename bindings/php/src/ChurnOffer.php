<?php

declare(strict_types=1);

namespace Retain;

/**
 * What is done to keep a customer. With risk p and value v the expected gain is
 * p × effect × (v − incentive) − (1 − p) × incentive − cost: who would have left takes the incentive with probability `effect` and
 * stays, who would have stayed takes it gladly (Neslin et al. 2006; Verbeke et al. 2012).
 */
final readonly class ChurnOffer extends Value
{
    /**
     * @param float $cost of contacting one customer, finite and >= 0
     * @param float $incentive what the offer costs when it is taken, finite and >= 0
     * @param float $effect share of leavers that it keeps, in [0, 1]: only an experiment tells it
     */
    public function __construct(public float $cost, public float $incentive = 0.0, public float $effect = 1.0)
    {
    }

    /**
     * In the order of the raw extension.
     *
     * @internal
     * @return array{float, float, float}
     */
    public function raw(): array
    {
        return [$this->cost, $this->incentive, $this->effect];
    }
}
