<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Exception\ArgumentException;
use Retain\Exception\ConvergenceException;
use Retain\Exception\DataException;
use Retain\Hazard;
use Retain\Hazard\Link;
use Retain\LogisticVerdict;
use Retain\Predictors;

final class HazardTest extends TestCase
{
    private const NAMES = ['tickets', 'plan', 'visits'];

    public function testMeetsTheGoldenFigures(): void
    {
        $shop = self::golden('hazard/rows.csv');
        $column = static fn (string $name): array => array_map(static fn (string $x): float => $x === '' ? NAN : (float) $x, array_column($shop, $name));
        foreach (self::golden('hazard/cases.csv') as $case) {
            $late = $case['late'] === '1';
            $names = array_slice(self::NAMES, 0, (int) $case['columns']);
            $columns = array_combine($names, array_map($column, $names));
            $model = Hazard::fit(
                $columns === [] ? null : new Predictors($columns),
                $column('exit'),
                array_map(intval(...), array_column($shop, 'event')),
                $late ? $column('entry') : null,
                $late ? $column('weight') : null,
                link: Link::from((int) $case['link']),
                l2: (float) $case['l2'],
                smoothing: (float) $case['smoothing'],
                until: $case['until'] === '' ? null : array_map(intval(...), explode(' ', $case['until']))
            );
            self::assertNear((float) $case['log_likelihood'], $model->report->logLikelihood, 1e-9, $case['case']);
            self::assertSame(array_map(intval(...), explode(' ', $case['groups'])), array_column($model->groups, 'until'));
            foreach (self::golden('hazard/entries.csv') as $row) {
                if ($row['case'] !== $case['case']) {
                    continue;
                }
                $e = (int) $row['entry'];
                $estimate = [...array_column($model->groups, 'baseline'), ...array_values($model->coefficient), ...array_values($model->missing)][$e];
                $error = array_values($model->report->standardError)[$e];
                foreach (['coefficient' => [$estimate, 1e-10], 'standard_error' => [$error, 1e-9]] as $name => [$got, $tolerance]) {
                    self::assertNear((float) $row[$name], $got, $tolerance * (abs((float) $row[$name]) + 1e-3), "$row[case] entry $e, $name");
                }
            }
            $this->checkForecasts($model, $columns, $case['case']);
            self::assertSame(json_encode($model), json_encode(Hazard::fromArray(json_decode(json_encode($model), true))), $case['case']);
        }
    }

    /** @param array<string, list<float>> $columns */
    private function checkForecasts(Hazard $model, array $columns, string $case): void
    {
        foreach (self::golden('hazard/forecasts.csv') as $row) {
            if ($row['case'] !== $case) {
                continue;
            }
            $one = array_map(static fn (array $column): array => [$column[(int) $row['row']]], $columns);
            $one = $one === [] ? null : new Predictors($one);
            [$lasted, $ahead] = [(int) $row['lasted'], (int) $row['ahead']];
            $found = [
                'hazard' => $model->probability($one, $lasted + $ahead),
                'survival' => $model->survival($one, $ahead, [$lasted]),
                'remaining' => $model->remaining($one, $ahead, [$lasted]),
            ];
            foreach ($found as $name => $limits) {
                self::assertNear((float) $row[$name], $limits->value[0], 1e-8, "$case $name");
                self::assertNear((float) $row["{$name}_low"], $limits->low[0], 1e-7, "$case $name");
                self::assertNear((float) $row["{$name}_high"], $limits->high[0], 1e-7, "$case $name");
            }
        }
    }

    public function testGivesReasons(): void
    {
        $past = new Predictors(['tickets' => [3, 1, 2, 0, 1, 2, 0, 0]]);
        $model = Hazard::fit($past, [2, 3, 5, 6, 2, 3, 6, 6], [1, 1, 1, 0, 0, 1, 1, 0]);
        $reasons = $model->reasons($past);
        self::assertSame('tickets', $reasons->of(0)[0]->predictor);
        self::assertSame($model->contributions($past)[0], $reasons->of(0)[0]->contribution);
        self::assertEqualsWithDelta(1.0, $model->risk($past, 2)->value[0] + $model->survival($past, 2)->value[0], 1e-15);
    }

    public function testRefusesByName(): void
    {
        $model = Hazard::fit(new Predictors(['a' => [1, 0, 2, 1, 0, 3]]), [1, 3, 3, 4, 4, 4], [1, 1, 0, 1, 0, 0]);
        foreach (
            [
                'the model reads a' => [ArgumentException::class, static fn () => $model->survival(null, 1)],
                'lasted[0] is null; it must be a number' => [DataException::class, static fn () => $model->survival(new Predictors(['a' => [1]]), 1, [null])],
                'lasted[0] is "a"; it must be a number' => [DataException::class, static fn () => $model->survival(new Predictors(['a' => [1]]), 1, ['a'])],
                'until[0] is "a"; it must be a number' => [DataException::class, static fn () => Hazard::fit(null, [1, 2], [1, 0], until: ['a'])],
                'predictors have no rows' => [ArgumentException::class, static fn () => Hazard::fit(new Predictors(['a' => []]), [], [])],
                "a column 'until 1', which" => [
                    ArgumentException::class,
                    static fn () => Hazard::fit(new Predictors(['until 1' => [1, 0, 2, 1, 0, 3]]), [1, 3, 3, 4, 4, 4], [1, 1, 0, 1, 0, 0]),
                ],
                'the model reads none' => [
                    ArgumentException::class,
                    static fn () => Hazard::fit(null, [1, 3, 3], [1, 1, 0])->survival(new Predictors(['a' => [1]]), 1),
                ],
                'exit[1] is 2.5' => [DataException::class, static fn () => Hazard::fit(null, [1, 2.5], [1, 0])],
                'nobody left in periods 2 to 3' => [DataException::class, static fn () => Hazard::fit(null, [1, 4, 4], [1, 1, 0], until: [1, 3, 4])],
            ] as $said => [$class, $call]
        ) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf($class, $thrown, $said);
            self::assertStringContainsString($said, $thrown->getMessage());
        }
        $thrown = self::thrownBy(static fn () => Hazard::fit(null, [1, 2], [0, 0]));
        self::assertInstanceOf(ConvergenceException::class, $thrown);
        self::assertSame(LogisticVerdict::OneClass, $thrown->report->verdict);
        $stored = $model->toArray();
        $stored['groups'][1]['until'] = 0;
        self::assertStringContainsString('groups[1].until', self::thrownBy(static fn () => Hazard::fromArray($stored))->getMessage());
        foreach (
            [
                'until is 1000000000; it must be at most 1000000' => ['until', 1e9],
                'baseline is 1e+200; it must be at most 1e100' => ['baseline', 1e200],
                'at_risk is -1; it must be at least 0' => ['at_risk', -1],
                'events is null' => ['events', null],
            ] as $said => [$name, $value]
        ) {
            $stored = $model->toArray();
            $stored['groups'][array_key_last($stored['groups'])][$name] = $value;
            self::assertStringContainsString($said, self::thrownBy(static fn () => Hazard::fromArray($stored))->getMessage());
        }
    }
}
