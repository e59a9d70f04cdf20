<?php

declare(strict_types=1);

namespace Retain\Tests;

/** The library as a package: installed by Composer into a project of its own. */
final class ComposerTest extends TestCase
{
    private const PACKAGE = __DIR__ . '/../../bindings/php';

    public function testIsInstalledByComposer(): void
    {
        $composer = trim((string) shell_exec('command -v composer'));
        if ($composer === '') {
            self::markTestSkipped('composer is not installed');
        }
        $folder = sys_get_temp_dir() . '/retain-composer-' . getmypid();
        mkdir($folder);
        try {
            file_put_contents("$folder/composer.json", json_encode([
                'repositories' => [['type' => 'path', 'url' => realpath(self::PACKAGE), 'options' => ['symlink' => false]], ['packagist' => false]],
                'require' => ['libretain/retain' => '*@dev'],
            ]));
            $php = escapeshellarg(PHP_BINARY) . ' -d extension=' . escapeshellarg(self::extension());
            $install = "$php " . escapeshellarg($composer) . ' install --no-interaction --quiet --working-dir=' . escapeshellarg($folder);
            exec("COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_HOME=$folder/home $install 2>&1", $said, $code);
            self::assertSame(0, $code, implode("\n", $said));
            $script = "require '$folder/vendor/autoload.php'; echo Retain\\Crr::rate(200, 220, 40), count(new Retain\\Orders([1], [0], [1.0]));";
            self::assertSame('0.91', shell_exec("$php -r " . escapeshellarg($script)));
        } finally {
            exec('rm -rf ' . escapeshellarg($folder));
        }
    }

    public function testHasOneClassAFileWhereAutoloadersLook(): void
    {
        $source = realpath(self::PACKAGE . '/src');
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($source, \FilesystemIterator::SKIP_DOTS));
        $count = 0;
        foreach ($files as $file) {
            $name = 'Retain\\' . strtr(substr($file->getPathname(), strlen($source) + 1, -4), '/', '\\');
            self::assertTrue(class_exists($name) || trait_exists($name) || enum_exists($name), $name);
            self::assertStringContainsString("declare(strict_types=1);", file_get_contents($file->getPathname()));
            $count++;
        }
        self::assertGreaterThan(20, $count);
    }

    /** What a reader of the reference meets: every public class and method says what it does. */
    public function testDocumentsEveryPublicMethod(): void
    {
        $source = realpath(self::PACKAGE . '/src');
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($source, \FilesystemIterator::SKIP_DOTS)) as $file) {
            $class = new \ReflectionClass('Retain\\' . strtr(substr($file->getPathname(), strlen($source) + 1, -4), '/', '\\'));
            self::assertNotFalse($class->getDocComment(), $class->getName());
            if (str_contains((string) $class->getDocComment(), '@internal')) {
                continue;
            }
            foreach ($class->getMethods(\ReflectionMethod::IS_PUBLIC) as $method) {
                $plain = in_array($method->getName(), ['__construct', 'family', 'parameters', 'unitDays', 'cases', 'from', 'tryFrom'], true);
                if ($method->getDeclaringClass()->getName() === $class->getName() && !$plain) {
                    self::assertNotFalse($method->getDocComment(), $class->getName() . '::' . $method->getName());
                }
            }
        }
    }
}
