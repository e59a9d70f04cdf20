<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Scoring;

final class ScoringTest extends TestCase
{
    /** @return array<string, list<float>> */
    private static function customers(): array
    {
        $rows = self::golden('scoring/customers.csv');
        $columns = [];
        foreach (array_keys($rows[0]) as $name) {
            $columns[$name] = array_map($name === 'outcome' ? intval(...) : floatval(...), array_column($rows, $name));
        }
        return $columns;
    }

    private static function snake(string $name): string
    {
        return strtolower(preg_replace('/[A-Z]/', '_$0', $name));
    }

    /** @param array<string, float> $got by property */
    private static function check(array $row, array $got, float $tolerance = 1e-12): void
    {
        foreach ($got as $name => $value) {
            $cell = $row[self::snake($name)];
            $want = ['' => NAN, 'inf' => INF][$cell] ?? (float) $cell;
            self::assertNear($want, $value, $tolerance * (1 + (is_finite($want) ? abs($want) : 0)), $name);
        }
    }

    public function testMeetsTheOracle(): void
    {
        foreach (self::golden('scoring/scoring.csv') as $row) {
            $found = Scoring::measures(array_map(floatval(...), explode(' ', $row['score'])), array_map(intval(...), explode(' ', $row['y'])));
            self::check($row, ['auc' => $found->auc, 'brier' => $found->brier, 'logLoss' => $found->logLoss]);
        }
    }

    public function testMeetsTheGoldenMeasuresAndPoints(): void
    {
        $shop = self::customers();
        $points = self::golden('scoring/points.csv');
        $at = 0;
        foreach (self::golden('scoring/measures.csv') as $row) {
            $given = [$shop[$row['score_column']], $shop['outcome'], $row['weights'] === '1' ? $shop['weight'] : null];
            self::check($row, Scoring::measures(...[...$given, (float) $row['level'], (int) $row['groups']])->toArray());
            self::check($row, ['auc' => Scoring::auc(...$given)]);
            foreach (Scoring::points(...$given)->rows() as $point) {
                self::check($points[$at++], $point);
            }
        }
        self::assertSame(count($points), $at);
    }

    public function testMeetsTheGoldenComparisonsAndDrifts(): void
    {
        $shop = self::customers();
        foreach (self::golden('scoring/comparisons.csv') as $row) {
            $weight = $row['weights'] === '1' ? $shop['weight'] : null;
            self::check($row, Scoring::compare($shop['other'], $shop['score'], $shop['outcome'], $weight, (float) $row['level'])->toArray());
        }
        $values = self::golden('scoring/values.csv');
        $before = array_map(floatval(...), array_column($values, 'before'));
        $after = array_map(floatval(...), array_filter(array_column($values, 'after'), static fn (string $cell): bool => $cell !== ''));
        $at = 0;
        $rows = self::golden('scoring/drift.csv');
        foreach (array_unique(array_column($rows, 'bins')) as $bins) {
            $found = Scoring::drift($before, $after, (int) $bins);
            foreach ($found->rows() as $bin) {
                self::check($rows[$at++], $bin + ['psi' => $found->psi, 'pValue' => $found->pValue]);
            }
        }
        self::assertSame(count($rows), $at);
    }

    public function testRefusesWhatIsNoScore(): void
    {
        foreach ([
            'score[1] is NaN' => static fn () => Scoring::measures([0.5, NAN], [0, 1]),
            'outcome[0] is 2' => static fn () => Scoring::measures([0.5, 0.5], [2, 1]),
            'weight[0] is -1' => static fn () => Scoring::points([0.5], [1], [-1.0]),
            'second[0] is infinity' => static fn () => Scoring::compare([0.5], [INF], [1]),
            'after[0] is NaN' => static fn () => Scoring::drift([0.5], [NAN]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        foreach ([
            'outcome has 1 rows' => static fn () => Scoring::measures([0.5, 0.5], [1]),
            'second has 1 rows' => static fn () => Scoring::compare([0.5, 0.5], [0.5], [1, 0]),
            'level is 95' => static fn () => Scoring::measures([0.5], [1], level: 95),
            'groups is 0' => static fn () => Scoring::measures([0.5], [1], groups: 0),
            'groups is 1001' => static fn () => Scoring::measures([0.5], [1], groups: 1001),
            'bins is 1;' => static fn () => Scoring::drift([0.5], [0.5], 1),
            'score is null' => static fn () => Scoring::measures(null, [1]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
    }

    public function testHasNothingToSayOfNothing(): void
    {
        self::assertNan(Scoring::measures([], [])->auc);
        self::assertCount(0, Scoring::points([], []));
        self::assertNan(Scoring::drift([], [])->psi);
        self::assertCount(0, Scoring::drift([], [1.0]));
    }
}
