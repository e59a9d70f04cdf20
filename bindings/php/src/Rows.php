<?php

declare(strict_types=1);

namespace Retain;

/**
 * Tables of columns row by row: what names a row, and its figures.
 *
 * @internal
 */
trait Rows
{
    /**
     * The rows one by one: figures by name.
     *
     * @return list<array<string, int|float|string>>
     */
    public function rows(): array
    {
        $names = $this->rowNames();
        $columns = array_filter(get_object_vars($this), is_array(...));
        $columns = array_diff_key($columns, ['ages' => 0, 'labels' => 0, 'id' => 0]);
        $rows = [];
        foreach ($names as $k => $name) {
            $rows[] = $name + array_map(static fn (array $column): float => $column[$k], $columns);
        }
        return $rows;
    }

    /**
     * What comes first in each row.
     *
     * @return list<array<string, int|string>>
     */
    private function rowNames(): array
    {
        return array_fill(0, count($this), []);
    }
}
