<?php

declare(strict_types=1);

namespace Retain\Evaluation;

use Retain\Btyd\Family;
use Retain\Btyd\Model;
use Retain\Value;

/** Which family forecasts a shop best, and why. */
final readonly class Choice extends Value
{
    /**
     * @param list<int> $rank 1 for the best, 2, ...; 0 for families that are not ranked; in the order of the backtest's families
     * @param list<Reason> $reason
     * @param list<float> $figure the number that goes with the reason
     * @param Backtest $backtest what it was judged by
     */
    public function __construct(public array $rank, public array $reason, public array $figure, public Backtest $backtest)
    {
    }

    /** The family that comes first; null when nobody is ranked. */
    public function best(): ?Family
    {
        $at = array_search(1, $this->rank, true);
        return $at === false ? null : $this->backtest->families[$at];
    }

    /** Its model at the last origin. To forecast from today, fit the family to all that is known today. */
    public function model(): ?Model
    {
        $best = $this->best();
        return $best === null ? null : $this->backtest->model($best);
    }
}
