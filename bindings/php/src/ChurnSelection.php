<?php

declare(strict_types=1);

namespace Retain;

/** Whom Churn::select() chose. Money and numbers are expected ones, if the risks are right. */
final readonly class ChurnSelection extends Value implements \Countable
{
    /**
     * @param list<int>|string|Column $chosen 1 for who is chosen, else 0
     * @param list<float>|string|Column $gain each customer's; NaN where there is no value
     * @param int $paying customers with a positive gain
     * @param int $count those who were chosen
     * @param float $total gain of all who were chosen
     * @param float $marginalGain of the last one who was chosen
     * @param float $nextGain of the best one who was not: what one more contact would bring
     * @param int $tied customers whose gain is exactly the marginal one
     * @param int $tiedChosen of them, chosen: those of the first rows
     * @param float $lost of the chosen, customers who leave when nothing is done
     * @param float $lostLow prediction limits of that number
     * @param float $lostHigh
     * @param float $kept of them, kept by the contact
     */
    public function __construct(
        public array|string|Column $chosen,
        public array|string|Column $gain,
        public int $paying,
        public int $count,
        public float $total,
        public float $marginalGain,
        public float $nextGain,
        public int $tied,
        public int $tiedChosen,
        public float $lost,
        public float $lostLow,
        public float $lostHigh,
        public float $kept,
    ) {
    }

    /** Number of those who were chosen. */
    public function count(): int
    {
        return $this->count;
    }
}
