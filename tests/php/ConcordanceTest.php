<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Columns;
use Retain\Concordance;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

final class ConcordanceTest extends TestCase
{
    /** @return array<string, list<float>> */
    private static function shop(): array
    {
        $rows = self::golden('concordance/customers.csv');
        $columns = [];
        foreach (array_keys($rows[0]) as $name) {
            $columns[$name] = array_map($name === 'event' ? intval(...) : floatval(...), array_column($rows, $name));
        }
        return $columns;
    }

    private static function close(string $cell, float $got, string $what): void
    {
        $want = $cell === '' ? NAN : (float) $cell;
        self::assertNear($want, $got, 1e-13 * (1 + (is_nan($want) ? 0.0 : abs($want))), $what);
    }

    /** @param array<string, string> $row */
    private static function durations(array $row): Concordance
    {
        $shop = self::shop();
        $entry = ($row['entries'] ?? '') === '1' ? $shop['entry'] : null;
        return new Concordance($shop['exit'], $shop['event'], $entry, $row['weights'] === '1' ? $shop['weight'] : null, (float) $row['level']);
    }

    public function testMeetsTheGoldenPairs(): void
    {
        foreach (self::golden('concordance/pairs.csv') as $row) {
            $found = self::durations($row)->{$row['kind']}(self::shop()['score'], (float) $row['horizon'] ?: null);
            foreach (['rows', 'events', 'concordant', 'discordant', 'tied_score', 'tied_time', 'concordance', 'standard_error', 'low', 'high'] as $name) {
                self::close($row[$name], $found->{Columns::camel($name)}, $name);
            }
        }
    }

    public function testMeetsTheGoldenTimes(): void
    {
        $names = ['value', 'standard_error', 'low', 'high', 'cases', 'controls', 'null_value'];
        foreach (self::golden('concordance/auc.csv') as $row) {
            $found = self::durations($row)->auc(self::shop()['score'], [(float) $row['time']]);
            foreach ($names as $name) {
                self::close($row[$name], $found->{Columns::camel($name)}[0], $name);
            }
        }
        $shop = self::shop();
        foreach (array_chunk(self::golden('concordance/brier.csv'), 4) as $rows) {
            $found = self::durations($rows[0])->brier([$shop['s1'], $shop['s2'], $shop['s3']], [3.0, 7.0, 10.0]);
            foreach ($names as $name) {
                for ($k = 0; $k < 3; $k++) {
                    self::close($rows[$k][$name], $found->times->{Columns::camel($name)}[$k], $name);
                }
            }
            self::close($rows[3]['value'], $found->integrated, 'integrated');
            self::close($rows[3]['standard_error'], $found->standardError, 'its error');
            self::close($rows[3]['null_value'], $found->nullValue, 'null');
            self::assertNear(1.0 - $found->integrated / $found->nullValue, $found->scaled(), 1e-15, 'scaled');
            self::assertCount(3, $found->times);
        }
    }

    public function testRefusesWhatIsNone(): void
    {
        $two = new Concordance([1.0, 2.0], [1, 0]);
        foreach ([
            'score[1] is NaN' => static fn () => $two->harrell([1.0, NAN]),
            'survival[1] is 1.5 (row 1 at time 0)' => static fn () => $two->brier([[0.5, 1.5]], [1.0]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        foreach ([
            'score has 1 rows' => static fn () => $two->uno([1.0]),
            'horizon is 0' => static fn () => $two->harrell([1.0, 2.0], 0.0),
            'level is 95' => static fn () => new Concordance([1.0], level: 95),
            'times[0] is -1' => static fn () => $two->auc([1.0, 2.0], [-1.0]),
            'entry[1] is 1' => static fn () => (new Concordance([1.0, 2.0], null, [0.0, 1.0]))->uno([1.0, 2.0]),
            'survival has 1 cells' => static fn () => $two->brier([[0.5]], [1.0]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        self::assertNan((new Concordance([]))->harrell([])->concordance);
        self::assertNan($two->brier([[0.5, 0.5]], [9.0])->scaled());
    }
}
