<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Column;
use Retain\Value;

/** Answers of all draws to a question; columns in the kind of the customers'. */
final readonly class DrawnInterval extends Value
{
    /**
     * @param list<float>|string|Column $mean
     * @param list<float>|string|Column $deviation standard deviation
     * @param list<float>|string|Column $low limits: quantiles. Of expectations and probabilities: from the parameters, without chance
     * @param list<float>|string|Column $high
     */
    public function __construct(
        public array|string|Column $mean,
        public array|string|Column $deviation,
        public array|string|Column $low,
        public array|string|Column $high,
    ) {
    }
}
