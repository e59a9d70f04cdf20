<?php

declare(strict_types=1);

namespace Retain;

/**
 * Figures of every group, and of all rows: what surveys and service figures come back as.
 *
 *     $figures->groups;            // ['feb', 'jan']: the groups in ascending order
 *     $figures->columns['nps'];    // [0.5, 0.25]: one figure per group
 *     $figures->total['nps'];      // 0.333: of all rows together
 *
 * NaN where a figure does not exist.
 */
final readonly class Figures extends Value implements \Countable
{
    /**
     * @param list<int|string> $groups in ascending order (strings: of their bytes); empty when no groups were asked for
     * @param array<string, list<float>> $columns figures of each group, by name
     * @param array<string, float> $total the same figures of all rows
     */
    public function __construct(public array $groups, public array $columns, public array $total)
    {
    }

    /** Number of groups. */
    public function count(): int
    {
        return count($this->groups);
    }

    /**
     * The groups one by one: label and figures by name.
     *
     * @return list<array<string, int|string|float>>
     */
    public function rows(): array
    {
        $rows = [];
        foreach ($this->groups as $at => $group) {
            $rows[] = ['group' => $group, ...array_map(static fn (array $column): float => $column[$at], $this->columns)];
        }
        return $rows;
    }

    /**
     * From the columns of the extension, in which the total comes last. Figures are named as properties are: camelCase.
     *
     * @internal
     * @param list<int|string> $groups
     * @param array<string, mixed> $result
     * @param list<string> $names
     */
    public static function of(array $groups, array $result, array $names): self
    {
        $columns = $total = [];
        foreach ($names as $name) {
            $column = Columns::list($result[$name], Columns::FLOAT64);
            $name = Columns::camel($name);
            $total[$name] = array_pop($column);
            $columns[$name] = $column;
        }
        return new self($groups, $columns, $total);
    }

    /**
     * Codes from 0 for the groups of rows, and the groups.
     *
     * @internal
     * @param int $figures so many will be there for each group
     * @return array{list<int>|null, list<int|string>}
     */
    public static function codes(mixed $group, string $name, int $figures = 0): array
    {
        if ($group === null) {
            return [null, []];
        }
        [$numbers, $labels] = Names::factorise($group, $name);
        if ($labels === null) {
            $ints = Columns::ints($numbers, $name);
            $labels = array_values(array_unique($ints));
            sort($labels, SORT_NUMERIC);
            $code = array_flip($labels);
            $numbers = array_map(static fn (int $number): int => $code[$number], $ints);
        }
        Columns::refuseBeyondMemory((float) $figures * count($labels), 0.0, count($labels) . ' groups');
        return [$numbers, $labels];
    }
}
