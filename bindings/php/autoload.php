<?php

declare(strict_types=1);

/*
 * Loads the classes of Retain\ without Composer: require this file once. With Composer, vendor/autoload.php does the same.
 * Retain\Column and Retain\Exception\* come from the extension `retain` itself.
 */

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Retain\\')) {
        $file = __DIR__ . '/src/' . strtr(substr($class, 7), '\\', '/') . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
