<?php

declare(strict_types=1);

if (!extension_loaded('retain')) {
    fwrite(STDERR, "The extension is not loaded: php -d extension=PATH/retain.so ...\n");
    exit(1);
}
require __DIR__ . '/../../bindings/php/autoload.php';
require __DIR__ . '/support/TestCase.php';
require __DIR__ . '/support/RawCalls.php';
