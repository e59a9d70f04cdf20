<?php

declare(strict_types=1);

namespace Retain;

/**
 * The reasons of all rows, the largest contribution of each row first. They are kept as columns, and made readable row by row: a hundred
 * thousand customers fit into a request.
 *
 * @implements \IteratorAggregate<int, list<LogisticReason>>
 */
final readonly class LogisticReasons implements \Countable, \IteratorAggregate
{
    /**
     * @internal
     * @param list<string> $names of the predictors
     * @param list<float> $reference of the predictors
     * @param array<mixed>|string|Column $reason columns, -1 where there are no more
     * @param array<mixed>|string|Column $share contributions
     * @param array<mixed>|string|Column $value values
     */
    public function __construct(
        private array $names,
        private array $reference,
        private int $rows,
        private int $most,
        private array|string|Column $reason,
        private array|string|Column $share,
        private array|string|Column $value,
    ) {
    }

    /** Number of rows. */
    public function count(): int
    {
        return $this->rows;
    }

    /**
     * The reasons of a row, from 0.
     *
     * @return list<LogisticReason>
     */
    public function of(int $row): array
    {
        if ($row < 0 || $row >= $this->rows) {
            throw new Exception\ArgumentException("row is $row; there are $this->rows rows, from 0", 1);
        }
        $reasons = [];
        for ($at = $row * $this->most; $at < ($row + 1) * $this->most; $at++) {
            $column = (int) self::at($this->reason, $at, Columns::INT64);
            if ($column < 0) {
                break;
            }
            $reasons[] = new LogisticReason(
                $this->names[$column],
                (float) self::at($this->value, $at, Columns::FLOAT64),
                $this->reference[$column],
                (float) self::at($this->share, $at, Columns::FLOAT64)
            );
        }
        return $reasons;
    }

    /** @return \Generator<int, list<LogisticReason>> */
    public function getIterator(): \Generator
    {
        for ($row = 0; $row < $this->rows; $row++) {
            yield $row => $this->of($row);
        }
    }

    /** @param array<mixed>|string|Column $column */
    private static function at(array|string|Column $column, int $at, string $format): int|float
    {
        return is_string($column) ? unpack($format, $column, 8 * $at)[1] : $column[$at];
    }
}
