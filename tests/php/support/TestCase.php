<?php

declare(strict_types=1);

namespace Retain\Tests;

use Retain\Customers;
use Retain\Orders;

/** What the tests share: golden vectors, doubles that know NaN, the CDNOW log, processes of their own. */
abstract class TestCase extends \PHPUnit\Framework\TestCase
{
    protected const GOLDEN = __DIR__ . '/../../golden/';
    protected const EXAMPLES = __DIR__ . '/../../../examples/data/';

    /** @return list<array<string, string>> rows of a CSV file by column */
    protected static function golden(string $path): array
    {
        $lines = file(self::GOLDEN . $path, FILE_IGNORE_NEW_LINES);
        self::assertNotFalse($lines, "no golden vectors $path");
        $names = str_getcsv(array_shift($lines));
        return array_map(static fn (string $line): array => array_combine($names, str_getcsv($line)), $lines);
    }

    /** The nearest double to a decimal; a blank is NaN, and so is nan. */
    protected static function number(string $text): float
    {
        return match ($text) {
            '', 'nan' => NAN,
            'inf' => INF,
            '-inf' => -INF,
            default => (float) $text,
        };
    }

    protected static function assertNear(float $want, float $got, float $tolerance, string $about = ''): void
    {
        if (is_nan($want) ? is_nan($got) : $want === $got || (is_finite($got) && abs($got - $want) <= $tolerance)) {
            self::assertTrue(true);
            return;
        }
        self::fail(sprintf('%s is %.17g, not %.17g (off by %.3g, allowed %.3g)', $about, $got, $want, abs($got - $want), $tolerance));
    }

    /** A number of a row, at the tolerance that belongs to its kind and condition: see the note beside the vectors. */
    protected static function assertMeets(array $row, string $column, float $got): void
    {
        $want = self::number($row[$column]);
        $stress = $row['kind'] === 'stress';
        $condition = (float) ($row['cond'] ?? 0);
        $relative = $stress ? 1e-10 + 1e-12 * $condition : 1e-12 + 1e-14 * $condition;
        self::assertNear($want, $got, abs($want) * $relative, "$row[id] $column");
    }

    /** The literature's 1/10 sample of CDNOW: ids as text, dates as text, money. @return array{list<string>, list<string>, list<float>} */
    protected static function cdnow(): array
    {
        static $columns = null;
        if ($columns === null) {
            $sample = array_flip(array_column(self::golden('orders/cdnow_sample_ids.csv'), 'customer_id'));
            $columns = [[], [], []];
            foreach (self::cdnowRows() as $row) {
                if (isset($sample[(int) $row['customer_id']])) {
                    $columns[0][] = $row['customer_id'];
                    $columns[1][] = $row['date'];
                    $columns[2][] = (float) $row['dollars'];
                }
            }
        }
        return $columns;
    }

    /** All rows of the shop that the examples show. @return \Generator<array<string, string>> */
    protected static function cdnowRows(): \Generator
    {
        $file = fopen('compress.zlib://' . self::EXAMPLES . 'cdnow.csv.gz', 'r');
        $names = fgetcsv($file);
        while ($row = fgetcsv($file)) {
            yield array_combine($names, $row);
        }
        fclose($file);
    }

    /** The calibration of the literature: until 1997-09-30, in weeks, zero orders counted. */
    protected static function cdnowCustomers(): Customers
    {
        return (new Orders(...self::cdnow()))->summary('1997-09-30', unitDays: 7, countZeroOrders: true);
    }

    /**
     * Runs a script in a PHP of its own, with the extension and the library.
     *
     * @return array{int, string} exit code (of a signal: 128 and more, or -1) and output
     */
    protected static function run_script(string $code, string ...$settings): array
    {
        $extension = self::extension();
        $command = [PHP_BINARY, '-n', '-d', "extension=$extension", '-d', 'display_errors=1', '-d', 'html_errors=0'];
        foreach ($settings as $setting) {
            array_push($command, '-d', $setting);
        }
        $code = 'require ' . var_export(realpath(__DIR__ . '/../../../bindings/php/autoload.php'), true) . ";\n" . $code;
        $process = proc_open([...$command, '-r', $code], [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
        $output = stream_get_contents($pipes[1]);
        return [proc_close($process), $output];
    }

    /** The file of the extension that this process has loaded. */
    protected static function extension(): string
    {
        foreach (file('/proc/self/maps') ?: [] as $line) {
            if (preg_match('#(/\S*/retain\.so)$#', rtrim($line), $part)) {
                return $part[1];
            }
        }
        self::markTestSkipped('this system does not tell where the extension is');
    }

    /** What a call throws. */
    protected static function thrownBy(callable $call): ?\Throwable
    {
        try {
            $call();
            return null;
        } catch (\Throwable $thrown) {
            return $thrown;
        }
    }
}
