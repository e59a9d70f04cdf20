<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Rate;
use Retain\RateDifference;

final class RateTest extends TestCase
{
    public function testMeetsWilsonsLimits(): void
    {
        foreach (self::golden('rate/wilson.csv') as $row) {
            $rate = Rate::of((float) $row['k'], (float) $row['n'], (float) $row['conf']);
            self::assertNear(self::number($row['low']), $rate->low, 1e-12 * (float) $row['low'], $row['id']);
            self::assertNear(self::number($row['high']), $rate->high, 1e-12 * (float) $row['high'], $row['id']);
            self::assertEquals($row['k'] / $row['n'], $rate->rate);
        }
    }

    public function testSaysNanWhereThereIsNoRate(): void
    {
        foreach ([[0, 0, 0.95], [-1, 5, 0.95], [6, 5, 0.95], [1, 5, 1.0], [1, 5, 0.0], [NAN, 5, 0.95]] as [$k, $n, $level]) {
            $rate = Rate::of($k, $n, $level);
            self::assertNan($rate->rate);
            self::assertNan($rate->low);
            self::assertNan($rate->high);
        }
        self::assertSame('{"successes":0,"trials":0,"rate":null,"low":null,"high":null,"level":0.95}', json_encode(Rate::of(0, 0)));
    }

    public function testComparesTwoRatesAsNewcombeDoes(): void
    {
        foreach (self::golden('rate/difference.csv') as $row) {
            $counts = array_map(static fn (string $name): float => (float) $row[$name], ['successes_1', 'trials_1', 'successes_2', 'trials_2']);
            $found = RateDifference::of(...[...$counts, (float) $row['level']]);
            $reach = abs((float) $row['difference']) + (float) $row['high'] - (float) $row['low'];
            self::assertNear((float) $row['difference'], $found->difference, 2e-16 * abs((float) $row['difference']), $row['id']);
            self::assertNear((float) $row['low'], $found->low, 2e-15 * $reach, $row['id']);
            self::assertNear((float) $row['high'], $found->high, 2e-15 * $reach, $row['id']);
            self::assertNear(self::number($row['z']), $found->z, 1e-14 * abs((float) $row['z']), $row['id']);
            self::assertNear(self::number($row['p_value']), $found->pValue, 1e-12 * (float) $row['p_value'], $row['id']);
        }
        self::assertEquals(RateDifference::of(56, 70, 48, 80), Rate::of(56, 70)->minus(Rate::of(48, 80)));
        self::assertNan(RateDifference::of(1, 0, 1, 2)->difference);
    }
}
