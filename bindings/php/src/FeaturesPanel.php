<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * Customers on dates: what was known, and what followed. Rows come date by date, those of a date in ascending customer.
 *
 *     $panel->columns['daysSinceLast'];    // one number for each row; NaN where a feature does not exist
 *     $panel->label;                       // 1.0 for no order in the H days after the date, 0.0 for one or more, NaN when they are not over
 */
final readonly class FeaturesPanel extends Value implements \Countable
{
    /**
     * @param list<int|string> $customer who
     * @param list<int> $date day number of the date
     * @param list<float> $label
     * @param array<string, list<float>> $columns features by name
     * @param list<FeaturesColumn> $features what they are
     * @param list<int> $dates day numbers of all dates
     * @param int $inactive customers and dates left out for want of a recent occasion
     */
    public function __construct(
        public array $customer,
        public array $date,
        public array $label,
        public array $columns,
        public array $features,
        public array $dates,
        public int $horizonDays,
        public int $observationEnd,
        public int $inactive,
    ) {
    }

    /** Number of rows. */
    public function count(): int
    {
        return count($this->customer);
    }

    /** The features as models take them. */
    public function predictors(): Predictors
    {
        return new Predictors($this->columns);
    }

    /**
     * Rows to train on and rows to test on: see Features::split(). Rows in the gap between, and those without a label, are in neither.
     *
     * @return array{self, self}
     */
    public function split(int|string|\DateTimeInterface $firstTest, int $embargoDays = 0): array
    {
        $part = (new Features($this->horizonDays))->split($this->dates, $firstTest, $this->observationEnd, $embargoDays);
        $partOf = array_combine($this->dates, $part);
        return [$this->where($partOf, 'train'), $this->where($partOf, 'test')];
    }

    /** The rows of one date. */
    public function on(int|string|\DateTimeInterface $date): self
    {
        $day = Day::of($date, 'date');
        if (!in_array($day, $this->dates, true)) {
            throw new ArgumentException('date is ' . Day::iso($day) . '; it is none of the dates of the panel', 1);
        }
        return $this->where([$day => 'it'], 'it');
    }

    /**
     * The rows one by one: customer, date, label and features by name.
     *
     * @return list<array<string, int|string|float>>
     */
    public function rows(): array
    {
        $rows = [];
        foreach ($this->customer as $at => $customer) {
            $row = ['customer' => $customer, 'date' => $this->date[$at], 'label' => $this->label[$at]];
            $rows[] = [...$row, ...array_map(static fn (array $column): float => $column[$at], $this->columns)];
        }
        return $rows;
    }

    /** @param array<int, string> $partOf by date */
    private function where(array $partOf, string $part): self
    {
        $chosen = array_keys(array_filter($this->date, static fn (int $date): bool => ($partOf[$date] ?? '') === $part));
        $pick = static fn (array $column): array => array_map(static fn (int $row): mixed => $column[$row], $chosen);
        return new self(
            $pick($this->customer),
            $pick($this->date),
            $pick($this->label),
            array_map($pick, $this->columns),
            $this->features,
            $this->dates,
            $this->horizonDays,
            $this->observationEnd,
            0,
        );
    }
}
