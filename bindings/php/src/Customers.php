<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * One row per customer: what models and metrics read. Orders::summary() makes it; whoever has the figures already gives them.
 *
 *     $customers = new Customers(frequency: [2, 0], t_x: [30.43, 0], T: [38.86, 38.86], unitDays: 7);
 *
 * Columns are lists, packed strings or Retain\Column. The letters are those of the literature: x repeat occasions, the last of
 * them at age t_x, observed until age T.
 */
final readonly class Customers implements \Countable
{
    /** @var list<float|int>|string|Column x: repeat occasions, the first not included: whole numbers >= 0 */
    public array|string|Column $frequency;

    /** @var list<float|int>|string|Column age at the last occasion, in units, in [0, T]; 0 where frequency is 0 */
    public array|string|Column $t_x;

    /** @var list<float|int>|string|Column age at the observation end, in units */
    public array|string|Column $T;

    /** @var list<float>|string|Column|null mean value of a repeat occasion; NaN where frequency is 0 */
    public array|string|Column|null $spend;

    /** @var list<float>|string|Column|null the row stands for so many identical customers; null means 1 */
    public array|string|Column|null $weight;

    /** @var list<int|string>|string|Column|null who, ascending */
    public array|string|Column|null $id;

    /** @var list<int>|string|Column|null day of the first occasion */
    public array|string|Column|null $firstDay;

    /** @var list<int>|string|Column|null day of the last occasion */
    public array|string|Column|null $lastDay;

    /** @var list<float>|string|Column|null orders that made an occasion */
    public array|string|Column|null $orders;

    /** @var list<float>|string|Column|null occasions, the first included */
    public array|string|Column|null $occasions;

    /** @var list<float>|string|Column|null mean value of an occasion */
    public array|string|Column|null $spendAll;

    /** @var list<float>|string|Column|null sum of the values of all occasions */
    public array|string|Column|null $revenue;

    /** @var list<float>|string|Column|null the same before refunds */
    public array|string|Column|null $gross;

    /** @var list<float>|string|Column|null refunds within the orders of the occasions, zero or less */
    public array|string|Column|null $refunds;

    /** @var list<float>|string|Column|null sum of the logarithms of the gaps between occasions, in units; 0 where frequency is 0 */
    public array|string|Column|null $logGaps;

    /**
     * What tells customers apart from the start: numbers, and dummies for groups.
     *
     * @var array<string, list<float|int>|string|Column> columns by name
     */
    public array $covariates;

    /**
     * @param float $unitDays days in the unit of t_x and T: 7 for weeks. Never guessed
     * @param ?OrdersReport $report what became of the rows of the order log
     * @param array<string, mixed> $covariates columns by name, such as ['channel' => [0, 1, 1]]
     */
    public function __construct(
        mixed $frequency,
        mixed $t_x,
        mixed $T,
        public float $unitDays,
        mixed $spend = null,
        mixed $weight = null,
        mixed $id = null,
        mixed $firstDay = null,
        mixed $lastDay = null,
        mixed $orders = null,
        mixed $occasions = null,
        mixed $spendAll = null,
        mixed $revenue = null,
        public ?OrdersReport $report = null,
        mixed $gross = null,
        mixed $refunds = null,
        array $covariates = [],
        mixed $logGaps = null,
    ) {
        $this->frequency = Columns::check($frequency, 'frequency');
        $this->t_x = Columns::check($t_x, 't_x');
        $this->T = Columns::check($T, 'T');
        $this->spend = Columns::checkOptional($spend, 'spend');
        $this->weight = Columns::checkOptional($weight, 'weight');
        $this->id = Columns::checkOptional($id, 'id');
        $this->firstDay = Columns::checkOptional($firstDay, 'firstDay');
        $this->lastDay = Columns::checkOptional($lastDay, 'lastDay');
        $this->orders = Columns::checkOptional($orders, 'orders');
        $this->occasions = Columns::checkOptional($occasions, 'occasions');
        $this->spendAll = Columns::checkOptional($spendAll, 'spendAll');
        $this->revenue = Columns::checkOptional($revenue, 'revenue');
        $this->gross = Columns::checkOptional($gross, 'gross');
        $this->refunds = Columns::checkOptional($refunds, 'refunds');
        $this->logGaps = Columns::checkOptional($logGaps, 'logGaps');
        Columns::positive($unitDays, 'unitDays');
        $columns = get_object_vars($this);
        unset($columns['unitDays'], $columns['report'], $columns['covariates']);
        $checked = [];
        foreach ($covariates as $name => $column) {
            $checked[(string) $name] = Columns::check($column, "covariates[$name]");
            $columns["covariates[$name]"] = $checked[(string) $name];
        }
        $this->covariates = $checked;
        Columns::sameLength($columns, ['id' => Columns::INT64, 'firstDay' => Columns::INT64, 'lastDay' => Columns::INT64]);
    }

    /**
     * Columns of covariates one after the other, as the raw extension takes them; null where none are asked for.
     *
     * @internal
     * @param list<string> $names
     * @return list<float|int>|string|null
     */
    public function stack(array $names): array|string|null
    {
        $columns = [];
        foreach ($names as $name) {
            $columns[] = $this->covariates[$name] ?? throw new ArgumentException(
                "customers have no covariate '$name'; they have " . (implode(', ', array_keys($this->covariates)) ?: 'none'),
                1
            );
        }
        if ($columns === []) {
            return null;
        }
        foreach ($columns as $place => $column) {
            foreach (is_array($column) ? $column : [] as $row => $value) {
                if (is_float($value) && !is_finite($value)) {
                    $sentence = "customers.covariates['$names[$place]'][$row] is $value; it must be finite";
                    throw Columns::withRow(new DataException($sentence, 2), $row);
                }
            }
        }
        foreach ($columns as $column) {
            if (!is_array($column)) {
                return implode('', array_map(static fn ($one): string => Columns::pack($one, Columns::FLOAT64), $columns));
            }
        }
        return array_merge(...$columns);
    }

    /** Number of customers. */
    public function count(): int
    {
        return Columns::count($this->frequency, Columns::FLOAT64);
    }

    /**
     * The customers one by one, with whatever was computed about them:
     *
     *     foreach ($customers->rows(alive: $model->alive($customers), risk: $risk) as $row) {
     *         $insert->execute([$row['id'], $row['alive'], $row['risk']]);
     *     }
     *
     * @param mixed ...$more columns of floats by name, as long as the customers
     * @return \Generator<int, array<string, int|float|string>>
     */
    public function rows(mixed ...$more): \Generator
    {
        $columns = [];
        foreach (['id', 'firstDay', 'lastDay'] as $name) {
            if ($this->$name !== null) {
                $columns[$name] = self::readable($this->$name, $name, Columns::INT64);
            }
        }
        $numbers = [
            'orders', 'occasions', 'frequency', 't_x', 'T', 'spend', 'spendAll', 'revenue', 'gross', 'refunds', 'logGaps', 'weight',
        ];
        foreach ($numbers as $name) {
            if ($this->$name !== null) {
                $columns[$name] = self::readable($this->$name, $name, Columns::FLOAT64);
            }
        }
        foreach ($more as $name => $column) {
            $columns[$name] = self::readable(Columns::check($column, (string) $name), (string) $name, Columns::FLOAT64);
        }
        foreach ($columns as $name => $column) {
            if (count($column) !== count($this)) {
                throw new ArgumentException("$name has " . count($column) . ' rows, frequency has ' . count($this), 1);
            }
        }
        for ($row = 0, $rows = count($this); $row < $rows; $row++) {
            yield $row => array_map(static fn (array|Column $column): int|float|string => $column[$row], $columns);
        }
    }

    /**
     * Equal rows each once, with their number as weight: likelihoods then cost one evaluation per distinct row, and sums over
     * customers stay exactly the same. Rows are equal when frequency, t_x, T and spend (when there is one) are.
     * Their logGaps are the means of those of their customers, by weight: log L of regular families stays the same, to rounding.
     *
     * @return array{customers: Customers, rowOf: list<int>|string|Column} `rowOf`: for each customer, its row among the distinct
     *         ones
     * @throws DataException for a row that breaks the rules
     */
    public function distinct(?Context $context = null): array
    {
        $result = retain_customers_distinct(
            $context?->raw(),
            $this->frequency,
            $this->t_x,
            $this->T,
            $this->spend,
            $this->weight,
            $this->logGaps,
            $this->unitDays,
            true,
            true,
            true,
            $this->spend !== null,
            true,
            $this->logGaps !== null,
            true
        );
        $customers = new self(
            $result['out_frequency'],
            $result['out_t_x'],
            $result['out_T'],
            $this->unitDays,
            $result['out_spend'] ?? null,
            $result['out_weight'],
            logGaps: $result['out_log_gaps'] ?? null
        );
        return ['customers' => $customers, 'rowOf' => $result['row_of']];
    }

    /**
     * A column of which single rows can be read.
     *
     * @param array<mixed>|string|Column $column
     * @return array<mixed>|Column
     */
    private static function readable(array|string|Column $column, string $name, string $format): array|Column
    {
        if (is_array($column) && !array_is_list($column)) {
            throw new ArgumentException("$name has other keys than 0, 1, 2 ...; give a list (array_values() makes one)", 1);
        }
        if (!is_string($column)) {
            return $column;
        }
        return $format === Columns::INT64 ? Column::int64($column) : Column::float64($column);
    }
}
