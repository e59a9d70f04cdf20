<?php

declare(strict_types=1);

namespace Retain;

/**
 * Who bought in a period; every list has one entry per period. A period that was not over at the observation end is NaN.
 */
final readonly class RepeatPeriods extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<float> $customers customers with an occasion in the period = firstTime + returning
     * @param list<float> $firstTime those whose first occasion lies in it
     * @param list<float> $returning those whose first occasion lies before it
     * @param list<float> $repeaters customers with two or more occasions in it
     * @param list<float> $returningShare returning / customers
     * @param list<float> $returningShareLow Wilson limits
     * @param list<float> $returningShareHigh
     * @param list<float> $repeatWithin repeaters / customers
     * @param list<float> $repeatWithinLow Wilson limits
     * @param list<float> $repeatWithinHigh
     * @param list<float> $orders orders of the period
     * @param list<float> $occasions
     * @param list<float> $revenue their money
     * @param list<float> $returningOrders orders of the returning customers
     * @param list<float> $returningRevenue their money
     */
    public function __construct(
        public Periods $periods,
        public array $customers,
        public array $firstTime,
        public array $returning,
        public array $repeaters,
        public array $returningShare,
        public array $returningShareLow,
        public array $returningShareHigh,
        public array $repeatWithin,
        public array $repeatWithinLow,
        public array $repeatWithinHigh,
        public array $orders,
        public array $occasions,
        public array $revenue,
        public array $returningOrders,
        public array $returningRevenue,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->customers);
    }

    /** @return list<array<string, int|string>> */
    private function rowNames(): array
    {
        return array_map(static fn (string $label): array => ['period' => $label], $this->periods->labels());
    }
}
