<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Rate;

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
}
