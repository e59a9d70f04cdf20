<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Value;

/** What each row of a fit did beside what was expected of it; NAN for rows of weight 0. */
final readonly class Residuals extends Value implements \Countable
{
    /**
     * @param list<float> $martingale event less the events expected of it: 1 at most. Of a customer with several rows: their sum
     * @param list<float> $deviance the same made symmetric about 0: the size of a surprise
     * @param array<string, list<float>> $score by predictor: what it adds to the slope of the likelihood, weight aside
     * @param array<string, list<float>> $influence by predictor: about how much the coefficient would change without it, times −1 (dfbeta)
     */
    public function __construct(public array $martingale, public array $deviance, public array $score, public array $influence)
    {
    }

    /** Number of rows. */
    public function count(): int
    {
        return count($this->martingale);
    }
}
