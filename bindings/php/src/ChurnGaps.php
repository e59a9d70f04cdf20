<?php

declare(strict_types=1);

namespace Retain;

/** How long silences are, customer by customer: Churn::gaps(). */
final readonly class ChurnGaps extends Value implements \Countable
{
    /**
     * @param list<int|string> $customer who, ascending
     * @param list<float> $silence days since the last occasion
     * @param list<float> $gaps n: gaps of the customer that have ended
     * @param list<float> $ownShare share of them that were at least as long as the silence; NaN without any
     * @param list<float> $shopShare the same of all customers' gaps
     * @param list<float> $pValue (n ownShare + m shopShare) / (n + m): small for who is overdue
     */
    public function __construct(
        public array $customer,
        public array $silence,
        public array $gaps,
        public array $ownShare,
        public array $shopShare,
        public array $pValue,
    ) {
    }

    /** Number of customers. */
    public function count(): int
    {
        return count($this->customer);
    }
}
