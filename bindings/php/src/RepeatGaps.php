<?php

declare(strict_types=1);

namespace Retain;

/** The rhythm of every customer, in ascending order of customer (strings: of their bytes). */
final readonly class RepeatGaps extends Value implements \Countable
{
    use Rows;

    /**
     * @param list<int|string>|string|Column $id who
     * @param list<float> $gaps gaps between occasions: occasions − 1
     * @param list<float> $mean their mean, NaN when there is none
     * @param list<float> $median their median
     * @param list<float> $sd their standard deviation, NaN for fewer than two
     * @param list<float> $longest the longest of them
     * @param list<float> $daysSinceLast the gap that is still open
     */
    public function __construct(
        public array|string|Column $id,
        public array $gaps,
        public array $mean,
        public array $median,
        public array $sd,
        public array $longest,
        public array $daysSinceLast,
    ) {
    }

    /** Number of customers. */
    public function count(): int
    {
        return count($this->gaps);
    }

    /** @return list<array<string, int|string>> */
    private function rowNames(): array
    {
        return array_map(
            static fn (int|string $id): array => ['id' => $id],
            Columns::list($this->id, Columns::INT64)
        );
    }
}
