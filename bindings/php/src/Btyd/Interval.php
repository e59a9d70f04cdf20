<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Value;

/** Answers to a question with limits from the uncertainty of the parameters; columns in the kind of the customers'. */
final readonly class Interval extends Value
{
    /**
     * @param list<float>|string|Column $value
     * @param list<float>|string|Column $low NaN where the fit does not identify the parameters that it depends on
     * @param list<float>|string|Column $high
     */
    public function __construct(
        public array|string|Column $value,
        public array|string|Column $low,
        public array|string|Column $high,
    ) {
    }
}
