<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\IntervalScale;
use Retain\Survival;

final class SurvivalTest extends TestCase
{
    /** The curve of a case of the golden tables. */
    private static function given(array $row): Survival
    {
        $shop = self::golden('survival/durations.csv');
        $column = static fn (string $name): array => array_map(floatval(...), array_column($shop, $name));
        return new Survival(
            $column('exit'),
            array_map(intval(...), array_column($shop, 'event')),
            entry: $row['entries'] === '1' ? $column('entry') : null,
            weight: $row['weights'] === '1' ? Column::float64($column('weight')) : null,
            start: (float) $row['start'],
            level: (float) $row['level'],
            interval: ['log-log' => IntervalScale::LogLog, 'log' => IntervalScale::Log, 'plain' => IntervalScale::Plain][$row['interval']],
        );
    }

    /** @param array<string, float> $got by golden column */
    private static function check(array $row, array $got, float $tolerance = 1e-12): void
    {
        foreach ($got as $name => $value) {
            self::assertNear($row[$name] === '' ? NAN : (float) $row[$name], $value, $tolerance, "{$row['case']} $name");
        }
    }

    public function testMeetsTheGoldenCurves(): void
    {
        $curve = null;
        $case = '';
        foreach (self::golden('survival/curve.csv') as $row) {
            if ($row['case'] !== $case) {
                [$case, $curve, $at] = [$row['case'], self::given($row)->curve()->rows(), 0];
            }
            $got = [];
            foreach ($curve[$at++] as $name => $value) {
                $got[strtolower(preg_replace('/[A-Z]/', '_$0', $name))] = $value;
            }
            self::check($row, $got);
        }
        self::assertCount($at, $curve);
    }

    public function testMeetsTheGoldenReadings(): void
    {
        foreach (self::golden('survival/at.csv') as $row) {
            $read = self::given($row)->at([(float) $row['time']])->rows()[0];
            self::check($row, [
                'survival' => $read['survival'], 'standard_error' => $read['standardError'], 'low' => $read['low'],
                'high' => $read['high'], 'at_risk' => $read['atRisk'],
            ]);
        }
        foreach (self::golden('survival/quantiles.csv') as $row) {
            self::check($row, self::given($row)->quantiles([(float) $row['share']])->rows()[0]);
        }
        foreach (self::golden('survival/means.csv') as $row) {
            $mean = self::given($row)->mean($row['horizon'] === '' ? null : (float) $row['horizon']);
            self::check($row, ['mean' => $mean->value, 'standard_error' => $mean->standardError, 'low' => $mean->low, 'high' => $mean->high]);
        }
    }

    public function testMeetsTheGoldenComparisons(): void
    {
        $group = array_map(intval(...), array_column(self::golden('survival/durations.csv'), 'group'));
        $figures = self::golden('survival/groups.csv');
        foreach (self::golden('survival/test.csv') as $test) {
            $found = self::given($test)->compare($group, $test['horizon'] === '' ? null : (float) $test['horizon'], (float) $test['rho']);
            self::check($test, ['chi_squared' => $found->chiSquared, 'degrees' => $found->degrees, 'p_value' => $found->pValue], 1e-11);
            foreach ($found->rows() as $one) {
                $wanted = static fn (array $row): bool => $row['case'] === $test['case'] && (int) $row['group'] === $one['group'];
                $row = array_values(array_filter($figures, $wanted))[0];
                foreach (['rows' => 'rowCount', 'events' => 'events', 'expected' => 'expected'] as $name => $field) {
                    self::check($row, [$name => $one[$field]]);
                }
                foreach (['survival', 'median', 'mean', 'difference'] as $name) {
                    self::check($row, [$name => $one[$name], "{$name}_low" => $one["{$name}Low"], "{$name}_high" => $one["{$name}High"]]);
                }
            }
        }
    }

    public function testMeetsTheOracles(): void
    {
        $data = self::golden('survival/survival_data.csv');
        $curve = [];
        foreach (self::golden('survival/kaplan_meier.csv') as $row) {
            if (($name ?? null) !== $row['dataset']) {
                $name = $row['dataset'];
                $mine = array_filter($data, static fn (array $one): bool => $one['dataset'] === $name);
                $time = array_map(floatval(...), array_column($mine, 'time'));
                $curve = (new Survival($time, array_map(intval(...), array_column($mine, 'event'))))->curve()->rows();
                $at = 0;
            }
            $got = $curve[$at++];
            $row['case'] = $row['id'];
            self::check($row, [
                'km' => $got['survival'], 'greenwood_se' => $got['standardError'], 'loglog_low' => $got['low'],
                'loglog_high' => $got['high'], 'nelson_aalen' => $got['hazard'], 'nelson_aalen_se' => $got['hazardError'],
            ]);
        }
        foreach (self::golden('survival/km_summary.csv') as $row) {
            $mine = array_filter($data, static fn (array $one): bool => $one['dataset'] === $row['dataset']);
            $found = new Survival(array_map(floatval(...), array_column($mine, 'time')), array_map(intval(...), array_column($mine, 'event')));
            self::assertNear(self::number($row['median_first_time_S_le_half']), $found->median(), 0.0, "$row[id] median");
            $want = (float) $row['restricted_mean'];
            self::assertNear($want, $found->mean()->value, 1e-14 * $want, "$row[id] mean");
            self::assertNear($found->mean()->value, $found->mean((float) $row['tau'])->value, 0.0, "$row[id] tau");
        }
        $late = self::golden('survival/left_truncated_data.csv');
        $number = static fn (string $name): array => array_map(floatval(...), array_column($late, $name));
        $curve = (new Survival($number('exit'), array_map(intval(...), array_column($late, 'event')), $number('entry')))->curve();
        foreach (self::golden('survival/left_truncated_km.csv') as $row) {
            $at = array_search((float) $row['time'], $curve->time, true);
            $row['case'] = $row['id'];
            self::check($row, ['km' => $curve->survival[$at], 'greenwood_se' => $curve->standardError[$at], 'n_risk' => $curve->atRisk[$at]]);
        }
        $lung = self::golden('survival/lung.csv');
        $time = array_map(floatval(...), array_column($lung, 'time'));
        $found = (new Survival($time, array_map(intval(...), array_column($lung, 'event'))))->compare(array_column($lung, 'sex'));
        self::assertNear(10.326742, $found->chiSquared, 1e-6);
    }

    public function testRefusesWhatIsNoDuration(): void
    {
        foreach ([
            'exit[1] is -1' => static fn () => (new Survival([1, -1]))->curve(),
            'event[0] is 2' => static fn () => (new Survival([1, 2], [2, 1]))->curve(),
            'entry[1] is 2' => static fn () => (new Survival([1, 2], null, [0, 2]))->curve(),
            'weight[0] is' => static fn () => (new Survival([1, 2], weight: [NAN, 2]))->mean(),
            'shares[0] is 1' => static fn () => (new Survival([1, 2]))->quantiles([1.0]),
            'time[0] is -1' => static fn () => (new Survival([1, 2]))->at([-1]),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(DataException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
        foreach ([
            'event has 1 rows' => static fn () => (new Survival([1, 2], [1]))->curve(),
            'level is 95' => static fn () => new Survival([1, 2], level: 95),
            'start is -1' => static fn () => (new Survival([1, 2], start: -1))->curve(),
            'horizon is 0' => static fn () => (new Survival([1, 2]))->mean(0),
            'rho is -1' => static fn () => (new Survival([1, 2]))->compare([1, 2], rho: -1),
            'by has 1 rows' => static fn () => (new Survival([1, 2]))->compare([1]),
            'exit is int' => static fn () => new Survival(5),
        ] as $sentence => $call) {
            $thrown = self::thrownBy($call);
            self::assertInstanceOf(ArgumentException::class, $thrown);
            self::assertStringContainsString($sentence, $thrown->getMessage());
        }
    }

    public function testHasNothingToSayOfNothing(): void
    {
        $none = new Survival([], []);
        self::assertCount(0, $none->curve());
        self::assertNan($none->median());
        self::assertNan($none->mean()->value);
        self::assertCount(0, $none->compare([]));
    }
}
