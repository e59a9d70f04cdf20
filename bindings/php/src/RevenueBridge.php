<?php

declare(strict_types=1);

namespace Retain;

/**
 * The revenue bridge by period; every list has one entry per period, compared with the one `lag` periods before.
 *
 *     end = start + acquired + reactivated + expansion − contraction − lost
 *
 * NaN: everything but `end` in the first `lag` periods; everything but `start` in a period that was not over at the observation end;
 * rates of a period without revenue before; limits with fewer than two customers before, or when all
 * did the same.
 */
final readonly class RevenueBridge extends Value implements \Countable
{
    /**
     * @param ?Periods $periods null when the figures were made from amounts
     * @param int $lag so many periods lie between the two that are compared
     * @param list<float> $start revenue before, `lag` periods earlier
     * @param list<float> $acquired revenue now of customers first seen since
     * @param list<float> $reactivated revenue now of older customers who had none before
     * @param list<float> $expansion what customers with revenue in both spent more
     * @param list<float> $contraction what they spent less, as a positive number
     * @param list<float> $lost revenue before of customers who have none now
     * @param list<float> $end revenue now
     * @param list<float> $startCustomers with revenue before: retained + lost
     * @param list<float> $acquiredCustomers
     * @param list<float> $reactivatedCustomers
     * @param list<float> $retainedCustomers with revenue in both
     * @param list<float> $expandedCustomers
     * @param list<float> $contractedCustomers
     * @param list<float> $lostCustomers
     * @param list<float> $endCustomers with revenue now: retained + acquired + reactivated
     * @param list<float> $grr (start − contraction − lost) / start, never exceeds 1
     * @param list<float> $grrLow
     * @param list<float> $grrHigh
     * @param list<float> $nrr (start + expansion − contraction − lost) / start
     * @param list<float> $nrrLow
     * @param list<float> $nrrHigh
     */
    public function __construct(
        public ?Periods $periods,
        public int $lag,
        public array $start,
        public array $acquired,
        public array $reactivated,
        public array $expansion,
        public array $contraction,
        public array $lost,
        public array $end,
        public array $startCustomers,
        public array $acquiredCustomers,
        public array $reactivatedCustomers,
        public array $retainedCustomers,
        public array $expandedCustomers,
        public array $contractedCustomers,
        public array $lostCustomers,
        public array $endCustomers,
        public array $grr,
        public array $grrLow,
        public array $grrHigh,
        public array $nrr,
        public array $nrrLow,
        public array $nrrHigh,
    ) {
    }

    /** Number of periods. */
    public function count(): int
    {
        return count($this->end);
    }

    /**
     * The periods one by one: label (a number from 0 for amounts) and figures by name.
     *
     * @return list<array<string, string|float>>
     */
    public function rows(): array
    {
        $columns = array_diff_key(get_object_vars($this), ['periods' => 0, 'lag' => 0]);
        $rows = [];
        foreach ($this->periods?->labels() ?? array_map('strval', array_keys($this->end)) as $k => $label) {
            $rows[] = ['period' => $label] + array_map(static fn (array $column): float => $column[$k], $columns);
        }
        return $rows;
    }
}
