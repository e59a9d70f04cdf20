<?php

declare(strict_types=1);

namespace Retain\Cox;

use Retain\Value;

/** Schoenfeld residuals, a row for each event, ascending by stratum and time. */
final readonly class Schoenfeld extends Value implements \Countable
{
    /**
     * @param list<int> $row which row of the fit ended
     * @param list<float> $time when
     * @param array<string, list<float>> $residual by predictor: its value less the mean among those at risk
     * @param array<string, list<float>> $scaled by predictor: about the coefficient at that time, to be smoothed over time
     */
    public function __construct(public array $row, public array $time, public array $residual, public array $scaled)
    {
    }

    /** Number of events. */
    public function count(): int
    {
        return count($this->row);
    }
}
