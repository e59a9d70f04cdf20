<?php

declare(strict_types=1);

namespace Retain;

/** Figures per customer: $table->columns['count'][0] is of $table->customers[0]. NaN where a figure does not exist. */
final readonly class SignalsTable extends Value implements \Countable
{
    /**
     * @param list<int|string> $customers in the order they were given
     * @param array<string, list<float>> $columns figures by name
     * @param int $events events read
     * @param int $usedEvents of these customers, up to the observation end
     * @param int $strangers events of customers who were not asked for: if they are many, the ids do not belong together
     */
    public function __construct(
        public array $customers,
        public array $columns,
        public int $events,
        public int $usedEvents,
        public int $strangers,
    ) {
    }

    /** Number of customers. */
    public function count(): int
    {
        return count($this->customers);
    }

    /**
     * The customers one by one: id and figures by name.
     *
     * @return list<array<string, int|string|float>>
     */
    public function rows(): array
    {
        $rows = [];
        foreach ($this->customers as $at => $customer) {
            $rows[] = ['customer' => $customer, ...array_map(static fn (array $column): float => $column[$at], $this->columns)];
        }
        return $rows;
    }
}
