<?php

declare(strict_types=1);

namespace Retain;

/** The order-number funnel; entry k − 1 of every list speaks of the customers with at least k occasions. */
final readonly class RepeatFunnel extends Value implements \Countable
{
    use Rows;

    /**
     * @param int $horizonDays H of `within`
     * @param list<float> $customers customers who reached the k-th occasion
     * @param list<float> $continued those who reached the next one so far
     * @param list<float> $conversion continued / customers: too low for customers who have only just come
     * @param list<float> $conversionLow Wilson limits
     * @param list<float> $conversionHigh
     * @param list<float> $within share that reaches the next one within H days: Kaplan–Meier, open gaps censored
     * @param list<float> $withinLow log-log limits
     * @param list<float> $withinHigh
     * @param list<float> $medianDays days until half of the customers have reached the next one; NaN if never
     * @param list<float> $medianLow limits of Brookmeyer and Crowley; NaN where not reached
     * @param list<float> $medianHigh
     * @param list<float> $value mean value of the k-th occasion
     * @param list<float> $valueLow
     * @param list<float> $valueHigh
     */
    public function __construct(
        public int $horizonDays,
        public array $customers,
        public array $continued,
        public array $conversion,
        public array $conversionLow,
        public array $conversionHigh,
        public array $within,
        public array $withinLow,
        public array $withinHigh,
        public array $medianDays,
        public array $medianLow,
        public array $medianHigh,
        public array $value,
        public array $valueLow,
        public array $valueHigh,
    ) {
    }

    /** Number of steps. */
    public function count(): int
    {
        return count($this->customers);
    }

    /** @return list<array<string, int|string>> */
    private function rowNames(): array
    {
        return array_map(static fn (int $k): array => ['number' => $k + 1], array_keys($this->customers));
    }
}
