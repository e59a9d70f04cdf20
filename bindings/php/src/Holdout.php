<?php

declare(strict_types=1);

namespace Retain;

/** What customers did after a calibration; in the kind of the log, in the order of the customers. */
final readonly class Holdout
{
    /**
     * @param list<float>|string|Column $occasions occasions in the holdout
     * @param list<float>|string|Column $value their money
     */
    public function __construct(public array|string|Column $occasions, public array|string|Column $value)
    {
    }
}
