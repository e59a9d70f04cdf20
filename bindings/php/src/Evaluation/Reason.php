<?php

declare(strict_types=1);

namespace Retain\Evaluation;

/** Why a family stands where it does: against the second for the first, against the first for the others. */
enum Reason: int
{
    /** No other family has a forecast everywhere. */
    case Only = 0;

    /** rmse differs by more than chance and 0.5 %: figure is rmse / rmse of the other − 1. */
    case Error = 1;

    /** As good, but not converged as often: figure is the fits that converged, less those of the other. */
    case Verdict = 2;

    /** As good: figure is the number of parameters, less that of the other. */
    case Parameters = 3;

    /** As good, and as simple: figure is the BIC at the last origin, less that of the other. */
    case Bic = 4;

    /** Nothing tells them apart, BIC less than 2 apart: the smaller one first. */
    case Tie = 5;

    /** Not ranked: figure is the number of origins without a forecast. */
    case NoModel = 6;

    /** Nobody is ranked: figure is the number of repeat buyers or orders to come that is too small. */
    case TooThin = 7;

    /** Its name, such as 'too thin'. */
    public function label(): string
    {
        return retain_evaluation_reason_name($this->value);
    }
}
