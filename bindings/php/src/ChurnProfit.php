<?php

declare(strict_types=1);

namespace Retain;

/** The profit curve of a ranking: Churn::profit(). */
final readonly class ChurnProfit extends Value
{
    /**
     * @param array<string, list<float>> $curve score, customers, cost, profit, low, high: one entry per distinct score, the largest first
     * @param float $score the best cut: contact everybody with this score or a larger one; infinite when nobody pays
     * @param float $customers contacted there
     * @param float $share of all customers
     * @param float $profit at the best cut
     * @param float $low limits of it. The best of many cuts was lucky, too: on other customers expect less
     * @param float $perCustomer profit / all customers: the maximum profit criterion of Verbeke et al. (2012)
     * @param float $profitOfAll of contacting everybody
     */
    public function __construct(
        public array $curve,
        public float $score,
        public float $customers,
        public float $share,
        public float $profit,
        public float $low,
        public float $high,
        public float $perCustomer,
        public float $profitOfAll,
    ) {
    }
}
