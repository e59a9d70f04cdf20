<?php

declare(strict_types=1);

namespace Retain\Clv;

use Retain\Btyd\Histories;
use Retain\Column;
use Retain\Columns;
use Retain\Exception\ArgumentException;

/**
 * What orders and customers bring and cost: for all customers a number, or one each, a column. Money has no currency here: all of it is
 * in the same one.
 *
 *     $terms = new Terms(margin: 0.3, orderCost: 2.0, serviceCost: 5.0, annualRate: 0.10, horizonDays: 365);
 */
final readonly class Terms
{
    /** @var float|list<float>|string|Column share of an order's value that is profit; may be negative */
    public float|array|string|Column $margin;

    /** @var float|list<float>|string|Column money that an order costs beside that: picking, shipping, a gift */
    public float|array|string|Column $orderCost;

    /** @var float|list<float>|string|Column money a year that keeping a customer costs, only while there is one to keep */
    public float|array|string|Column $serviceCost;

    /** @var float|list<float>|string|Column effective annual discount rate, >= 0: 0.10 for 10 % */
    public float|array|string|Column $annualRate;

    /** @param ?float $horizonDays days after the observation end; null means for ever */
    public function __construct(
        mixed $margin = 1.0,
        mixed $orderCost = 0.0,
        mixed $serviceCost = 0.0,
        mixed $annualRate = 0.0,
        public ?float $horizonDays = null,
    ) {
        $this->margin = self::term($margin, 'margin');
        $this->orderCost = self::term($orderCost, 'orderCost');
        $this->serviceCost = self::term($serviceCost, 'serviceCost');
        $this->annualRate = self::term($annualRate, 'annualRate');
        if ($horizonDays !== null) {
            Columns::positive($horizonDays, 'horizonDays');
        }
        if (is_float($this->annualRate) && !($this->annualRate >= 0.0 && $this->annualRate < INF)) {
            throw new ArgumentException(sprintf('annualRate is %.15G; it must be finite and at least 0', $this->annualRate), 1);
        }
    }

    /**
     * As the raw extension takes them: five numbers, four columns. It reads a margin of 0 as "not said", so a 0 becomes a column.
     *
     * @internal
     * @return list<mixed>
     */
    public function numbers(int $rows): array
    {
        $margin = $this->margin === 0.0 ? array_fill(0, $rows, 0.0) : $this->margin;
        $numbers = $columns = [];
        foreach ([$this->annualRate, $margin, $this->orderCost, $this->serviceCost] as $term) {
            $numbers[] = is_float($term) ? $term : 0.0;
            $columns[] = is_float($term) ? null : $term;
        }
        return [$this->horizonDays ?? 0.0, ...$numbers, ...$columns];
    }

    /**
     * The same for histories, which have one rate, and covariates that are known until some day: five numbers, three columns.
     *
     * @internal
     * @return list<mixed>
     */
    public function numbersOfHistories(int $rows, Histories $histories): array
    {
        if (!is_float($this->annualRate)) {
            throw new ArgumentException('annualRate is a column; with histories there is one annualRate for all', 1);
        }
        $histories->checkHorizon($this->horizonDays);
        $numbers = $this->numbers($rows);
        return [...array_slice($numbers, 0, 5), ...array_slice($numbers, 6)];
    }

    /**
     * Of new customers, who have no rows: five numbers.
     *
     * @internal
     * @return array{float, float, float, float, float}
     */
    public function scalars(): array
    {
        foreach (['annualRate', 'margin', 'orderCost', 'serviceCost'] as $name) {
            if (!is_float($this->$name)) {
                throw new ArgumentException("$name is a column; new customers have no rows, so that terms must be numbers", 1);
            }
        }
        if ($this->margin === 0.0) {
            throw new ArgumentException('margin is 0; customers who bring nothing pay nothing back', 1);
        }
        return [$this->horizonDays ?? 0.0, $this->annualRate, $this->margin, $this->orderCost, $this->serviceCost];
    }

    /** @return float|list<float>|string|Column */
    private static function term(mixed $value, string $name): float|array|string|Column
    {
        if (is_int($value)) {
            return (float) $value;
        }
        return is_float($value) ? $value : Columns::check($value, $name);
    }
}
