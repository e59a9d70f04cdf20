<?php

declare(strict_types=1);

namespace Retain;

/** Value of occasions by days since the customer's first one; every list has one entry per band. */
final readonly class RepeatTenure extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<int> $ages where bands begin, one more than there are bands
     * @param list<float> $occasions occasions at such an age
     * @param list<float> $customers customers who had one
     * @param list<float> $revenue money of the occasions
     * @param list<float> $value mean value of an occasion
     * @param list<float> $valueLow
     * @param list<float> $valueHigh
     */
    public function __construct(
        public array $ages,
        public array $occasions,
        public array $customers,
        public array $revenue,
        public array $value,
        public array $valueLow,
        public array $valueHigh,
    ) {
    }

    /** Number of bands. */
    public function count(): int
    {
        return count($this->occasions);
    }

    /** @return list<array<string, int|string>> */
    private function rowNames(): array
    {
        return array_map(
            fn (int $k): array => ['fromAge' => $this->ages[$k], 'toAge' => $this->ages[$k + 1] - 1],
            array_keys($this->occasions)
        );
    }
}
