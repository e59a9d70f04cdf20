<?php

declare(strict_types=1);

namespace Retain\Tests;

/** Every PHP example of the documentation runs, and gives what it says it gives. */
final class DocsTest extends TestCase
{
    private const ROOT = __DIR__ . '/../../';

    /** @return iterable<string, array{string}> */
    public function examples(): iterable
    {
        $pages = [...glob(self::ROOT . 'docs/*.md'), self::ROOT . 'bindings/php/README.md', ...glob(self::ROOT . 'README.md')];
        foreach ($pages as $page) {
            preg_match_all('/^```php\n(.*?)^```/ms', file_get_contents($page), $found);
            foreach ($found[1] as $number => $code) {
                if (!str_contains($code, '$wpdb')) {
                    yield substr($page, strlen(self::ROOT)) . ' ' . ($number + 1) => [$code];
                }
            }
        }
    }

    /** @dataProvider examples */
    public function testDoesWhatItSays(string $code): void
    {
        $pdo = str_contains($code, '1997') ? self::exampleShop() : self::shop();
        $save = $pdo->prepare('INSERT INTO scores VALUES (?, ?, ?)');
        $uses = '';
        $statement = '';
        $this->expectOutputRegex('//'); /* examples may print */
        foreach (explode("\n", $code) as $line) {
            if (preg_match('/^use [^;]+;$/', $line)) {
                $uses .= $line;
                continue;
            }
            $statement .= $line . "\n";
            if (substr_count($statement, '(') > substr_count($statement, ')') || substr_count($statement, '{') > substr_count($statement, '}')) {
                continue;
            }
            $says = !preg_match('/^\$\w+ = /', $statement)
                && preg_match('/^(.+);\s*\/\/ (\[.*\]|-?[\d.]+|NAN|\'.*\')(?:[,;:] .*)?$/', rtrim($statement), $part);
            $got = eval($says ? "$uses return $part[1];" : $uses . $statement);
            if ($says) {
                self::assertTrue(self::agree(eval("return $part[2];"), $got), rtrim($statement) . ' gives ' . var_export($got, true));
            }
            $statement = '';
        }
        self::assertSame('', trim($statement));
    }

    /** The shop of the examples, as their database has it. */
    private static function exampleShop(): \PDO
    {
        $pdo = self::emptyShop('customer TEXT, time TEXT, value REAL');
        $insert = $pdo->prepare('INSERT INTO orders VALUES (?, ?, ?)');
        foreach (array_map(null, ...self::cdnow()) as $row) {
            $insert->execute($row);
        }
        return $pdo;
    }

    private static function emptyShop(string $columns): \PDO
    {
        $pdo = new \PDO('sqlite::memory:');
        $pdo->exec("CREATE TABLE orders ($columns)");
        $pdo->exec('CREATE TABLE scores (id INTEGER, risk REAL, residual REAL)');
        return $pdo;
    }

    /** Do two values agree to the digits that a page shows? */
    private static function agree(mixed $shown, mixed $got): bool
    {
        if (is_array($shown)) {
            return is_array($got) && array_keys($shown) === array_keys($got)
                && !in_array(false, array_map(self::agree(...), $shown, $got), true);
        }
        if (is_string($shown)) {
            return $shown === $got;
        }
        return is_nan((float) $shown) ? is_nan((float) $got) : abs($shown - $got) <= 6e-4 * max(1, abs($shown));
    }

    /** A made-up shop, with the columns of the PHP library's own page. */
    private static function shop(): \PDO
    {
        $pdo = self::emptyShop('customer_id INTEGER, created_at TEXT, total TEXT');
        $insert = $pdo->prepare('INSERT INTO orders VALUES (?, ?, ?)');
        mt_srand(3);
        $draw = static fn (float $mean): float => -$mean * log((1 + mt_rand()) / (2 + mt_getrandmax()));
        for ($customer = 0; $customer < 500; $customer++) {
            $day = mt_rand(0, 400);
            $price = $draw(30) + 5;
            [$gap, $end] = [1 / $draw(0.03), min(540, $day + $draw(1 / $draw(0.005)))];
            for ($at = $day; $at < $end || $at === $day; $at += $draw($gap)) {
                $insert->execute([$customer, gmdate('Y-m-d H:i:s', 1672531200 + (int) ($at * 86400)), $price * mt_rand(5, 15) / 10]);
            }
        }
        return $pdo;
    }
}
