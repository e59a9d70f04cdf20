<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Column;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;
use Retain\Figures;
use Retain\Service;

final class ServiceTest extends TestCase
{
    /** @return list<?int> */
    private static function column(array $rows, string $name): array
    {
        return array_map(static fn (string $cell): ?int => $cell === '' ? null : (int) $cell, array_column($rows, $name));
    }

    /** @param array<string, string> $names column of the golden table by figure */
    private static function check(Figures $found, array $row, array $names): void
    {
        $at = $row['group'] === '' ? null : array_search((int) $row['group'], $found->groups, true);
        if ($at === false) {
            self::assertSame('0', $row['tickets'] ?? $row['whole']);
            return;
        }
        foreach ($names as $name => $cell) {
            $name = lcfirst(str_replace('_', '', ucwords($name, '_')));
            $got = $at === null ? $found->total[$name] : $found->columns[$name][$at];
            self::assertNear($row[$cell] === '' ? NAN : (float) $row[$cell], $got, 1e-12, $name);
        }
    }

    public function testMeetsTheGoldenTimes(): void
    {
        $tickets = self::golden('service/tickets.csv');
        $names = ['tickets', 'ended', 'mean', 'mean_low', 'mean_high', 'due', 'in_time', 'share', 'share_low', 'share_high'];
        $names = array_combine($names, $names);
        foreach (['25' => 'quantile_0.25', '50' => 'median', '90' => 'quantile_0.9'] as $q => $name) {
            $names += [$name => "quantile_$q", "{$name}_low" => "quantile_low_$q", "{$name}_high" => "quantile_high_$q"];
        }
        foreach (self::golden('service/times.csv') as $row) {
            $isResponse = $row['which'] === 'response';
            self::check(Service::times(
                self::column($tickets, 'opened'),
                self::column($tickets, $isResponse ? 'first_response' : 'resolved'),
                (int) $row['end'],
                $isResponse ? self::column($tickets, 'resolved') : null,
                self::column($tickets, 'group'),
                [0.25, 0.5, 0.9],
                (int) $row['target'] ?: null,
                (float) $row['unit'],
            ), $row, $names);
        }
    }

    public function testMeetsTheGoldenShares(): void
    {
        $tickets = self::golden('service/tickets.csv');
        $names = ['resolved', 'first_contact', 'first_contact_rate', 'first_contact_rate_low', 'tickets', 'repeated', 'repeat_rate', 'repeat_rate_high'];
        foreach (self::golden('service/contacts.csv') as $row) {
            $found = Service::contacts(
                self::column($tickets, 'customer'),
                self::column($tickets, 'opened'),
                self::column($tickets, 'resolved'),
                (int) $row['end'],
                (int) $row['within'],
                self::column($tickets, 'contacts'),
                self::column($tickets, 'group'),
            );
            self::check($found, $row, array_combine($names, $names));
        }
        $parcels = self::golden('service/parcels.csv');
        $group = self::column($parcels, 'group');
        foreach (self::golden('service/shares.csv') as $row) {
            if ($row['which'] === 'late') {
                $found = Service::late(self::column($parcels, 'promised'), self::column($parcels, 'delivered'), (int) $row['end'], $group);
                self::check($found, $row, ['due' => 'whole', 'late' => 'part', 'rate' => 'rate', 'low' => 'low', 'high' => 'high']);
            } else {
                [$ordered, $returned] = [self::column($parcels, 'ordered'), self::column($parcels, 'returned')];
                $found = Service::returns($ordered, $returned, (int) $row['end'], (int) $row['within'] ?: null, $group);
                self::check($found, $row, ['orders' => 'whole', 'returns' => 'part', 'rate' => 'rate', 'high' => 'high']);
            }
        }
    }

    public function testTakesMomentsOfEveryKind(): void
    {
        $at = static fn (string $time): \DateTimeImmutable => new \DateTimeImmutable("2024-05-01 $time UTC");
        $opened = [$at('08:00'), $at('09:00'), $at('10:00')];
        $ended = [$at('08:30'), $at('11:00'), null];
        $want = Service::times($opened, $ended, $at('18:00'), target: 3600, unit: 3600);
        self::assertSame(2.0, $want->total['median']);
        self::assertNear(1 / 3, $want->total['share'], 1e-15);
        self::assertNan($want->total['mean']);
        $seconds = array_map(static fn (\DateTimeImmutable $moment): int => $moment->getTimestamp(), $opened);
        $later = [$ended[0]->getTimestamp(), $ended[1]->getTimestamp(), Service::NOT_YET];
        foreach ([[$seconds, $later], [pack('q*', ...$seconds), pack('q*', ...$later)], [Column::int64($seconds), Column::int64($later)]] as [$a, $b]) {
            $found = Service::times($a, $b, $at('18:00')->getTimestamp(), target: 3600, unit: 3600);
            self::assertSame(json_encode($want), json_encode($found));
        }
        $byName = Service::contacts(['ann', 'ann', 'bob'], [1, 3, 1], [1, 3, 1], 30, 7, by: ['x', 'y', 'x']);
        self::assertSame(['x', 'y'], $byName->groups);
        self::assertSame([0.5, 0.0], $byName->columns['repeatRate']);
        self::assertSame(0.0, Service::late([], [], 9)->total['due']);
    }

    public function testRefusesWhatMakesNoSense(): void
    {
        $thrown = self::thrownBy(static fn () => Service::times([5, 6], [7, 3], 9));
        self::assertInstanceOf(DataException::class, $thrown);
        self::assertSame(1, $thrown->row);
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Service::times(['soon'], [null], 9)));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Service::times([null], [null], 9)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Service::times([1], [null], 9, target: 0)));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Service::times([1], [null], 9, quantiles: [2.0])));
        self::assertInstanceOf(ArgumentException::class, self::thrownBy(static fn () => Service::contacts([1], [2], [3], 9, 0)));
        self::assertInstanceOf(DataException::class, self::thrownBy(static fn () => Service::returns([5], [4], 9)));
    }

    public function testReadsTextsAsTheRestOfTheLibraryDoes(): void
    {
        $opened = ['2024-05-01 08:00', '2024-05-01T09:00', '2024-05-01 10:00:00'];
        $found = Service::times($opened, ['2024-05-01 08:30', '2024-05-01 11:00', null], '2024-05-01 18:00', unit: 3600, quantiles: [0.5, 0.25]);
        self::assertSame(2.0, $found->total['median']);
        self::assertSame(0.5, $found->total['quantile0.25']);
        self::assertArrayHasKey('medianLow', $found->total);
        $zoned = Service::times(['2024-05-01T08:00+02:00'], ['2024-05-01T07:00Z'], new \DateTimeImmutable('2024-05-02'), unit: 3600);
        self::assertSame(1.0, $zoned->total['median']);
        $days = ['2024-05-01', '2024-05-03', '2024-05-01'];
        $asked = Service::contacts(['ann', 'ann', 'bob'], $days, $days, '2024-06-01', 7 * 86400);
        self::assertNear(1 / 3, $asked->total['repeatRate'], 1e-15);
        self::assertSame(0.0, Service::times([], [], '2024-05-01T18:00')->total['tickets']);
        self::assertSame(0.0, Service::late([], [], '2024-05-01T18:00')->total['due']);
    }

    public function testKeepsAPromiseOfADayUntilItsEnd(): void
    {
        $late = static fn (string $promised, ?string $delivered, string $end): array => Service::late([$promised], [$delivered], $end)->total;
        self::assertSame(0.0, $late('2024-05-01', '2024-05-01 18:00', '2024-06-01')['rate']);
        self::assertSame(1.0, $late('2024-05-01', '2024-05-02 00:00', '2024-06-01')['rate']);
        self::assertSame(1.0, $late('2024-05-01 00:00', '2024-05-01 18:00', '2024-06-01')['rate']);
        self::assertSame(0.0, $late('2024-05-01', '2024-05-01', '2024-06-01')['rate']);
        self::assertSame(1.0, $late('2024-05-01', '2024-05-02', '2024-06-01')['rate']);
        self::assertSame(0.0, $late('2024-05-01', null, '2024-05-01 20:00')['due']);
    }

    public function testRefusesTwoClocks(): void
    {
        $moment = new \DateTimeImmutable('2024-05-01 08:00 Europe/Berlin');
        foreach ([
            [[$moment], ['2024-05-01 09:00'], '2024-05-10'],
            [['2024-05-01 08:00'], ['2024-05-01T09:00Z'], '2024-05-10 00:00'],
            [['2024-05-01 08:00', '2024-05-01T09:00+02:00'], [null, null], '2024-05-10'],
            [['2024-05-01 08:00'], [null], 1715000000],
            [[19844], [19845], '2024-05-10'],
            [[$moment], [null], '2024-05-10'],
        ] as $at => $columns) {
            $thrown = self::thrownBy(static fn () => Service::times(...$columns));
            self::assertInstanceOf(ArgumentException::class, $thrown, "case $at");
            self::assertStringContainsString('one clock', $thrown->getMessage());
        }
        $thrown = self::thrownBy(static fn () => Service::times(['2024-05-01 08:00'], ['2024-05-01 07:00'], '2024-05-10'));
        self::assertStringContainsString('2024-05-01 07:00:00', $thrown->getMessage());
        $thrown = self::thrownBy(static fn () => Service::times([5, null], [6, 6], 9));
        self::assertSame('opened[1] is missing; every row needs one', $thrown->getMessage());
    }
}
