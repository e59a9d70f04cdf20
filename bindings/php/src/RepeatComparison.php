<?php

declare(strict_types=1);

namespace Retain;

/** Do groups of customers come back equally fast? Every list has one entry per group. */
final readonly class RepeatComparison extends Value implements \Countable
{
    use Rows;

    /**
     * @param float $chiSquared the log-rank statistic; NaN when fewer than two groups could have come back
     * @param int $degrees its degrees of freedom
     * @param float $pValue probability of a statistic at least as large, were all groups alike
     * @param list<int|string> $labels the groups
     * @param list<float> $customers customers of the group
     * @param list<float> $events those who came back
     * @param list<float> $expected so many would have, were all groups alike
     * @param list<float> $share share back within the horizon
     * @param list<float> $shareLow
     * @param list<float> $shareHigh
     * @param list<float> $medianDays days until half of the group is back; NaN if never
     * @param list<float> $medianLow
     * @param list<float> $medianHigh
     */
    public function __construct(
        public float $chiSquared,
        public int $degrees,
        public float $pValue,
        public array $labels,
        public array $customers,
        public array $events,
        public array $expected,
        public array $share,
        public array $shareLow,
        public array $shareHigh,
        public array $medianDays,
        public array $medianLow,
        public array $medianHigh,
    ) {
    }

    /** Number of groups. */
    public function count(): int
    {
        return count($this->labels);
    }

    /** @return list<array<string, int|string>> */
    private function rowNames(): array
    {
        return array_map(static fn (int|string $label): array => ['group' => $label], $this->labels);
    }
}
