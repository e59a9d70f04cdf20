<?php

declare(strict_types=1);

namespace Retain\Survival;

use Retain\Rows;
use Retain\Value;

/** Do groups last equally long? Every list has one entry per group. */
final readonly class Comparison extends Value implements \Countable
{
    use Rows;

    /**
     * @param float $chiSquared the log-rank statistic; NaN when there is nothing to compare
     * @param int $degrees its degrees of freedom
     * @param float $pValue chance of a statistic at least as large, were all groups alike
     * @param list<int|string> $labels the groups, ascending
     * @param list<float> $rowCount rows of the group, weights counting
     * @param list<float> $events those that ended
     * @param list<float> $expected so many would have, were all groups alike
     * @param list<float> $survival share that lasts longer than the horizon
     * @param list<float> $survivalLow
     * @param list<float> $survivalHigh
     * @param list<float> $median time by which half of the group has ended; NaN if never
     * @param list<float> $medianLow
     * @param list<float> $medianHigh
     * @param list<float> $mean mean up to the horizon
     * @param list<float> $meanLow
     * @param list<float> $meanHigh
     * @param list<float> $difference mean less that of the first group; NaN for the first
     * @param list<float> $differenceLow
     * @param list<float> $differenceHigh
     */
    public function __construct(
        public float $chiSquared,
        public int $degrees,
        public float $pValue,
        public array $labels,
        public array $rowCount,
        public array $events,
        public array $expected,
        public array $survival,
        public array $survivalLow,
        public array $survivalHigh,
        public array $median,
        public array $medianLow,
        public array $medianHigh,
        public array $mean,
        public array $meanLow,
        public array $meanHigh,
        public array $difference,
        public array $differenceLow,
        public array $differenceHigh,
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
