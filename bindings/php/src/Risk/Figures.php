<?php

declare(strict_types=1);

namespace Retain\Risk;

use Retain\Value;

/** What a way to tell was worth on the test; NAN where it does not exist. */
final readonly class Figures extends Value
{
    /**
     * @param float $auc chance that of two customers, one silent and one not, the silent one had the larger risk
     * @param float $gain AUC above that of longest absent first, on the same customers
     * @param float $brier mean squared distance of the risk from what happened
     * @param float $brierSkill 1 - brier / that of the same risk for everybody
     * @param float $logLoss in nats
     * @param float $miscalibration what the Brier score loses to risks that are off
     * @param float $slope of the calibration: 1 when 30 % means 30 %
     * @param float $intercept of the calibration: 0 likewise
     * @param float $expected silent customers as foretold
     * @param float $capture share of the silent among the tenth of the customers with the largest risk
     * @param float $choiceLoss log loss on the dates that the choice was made by
     */
    public function __construct(
        public float $auc,
        public float $aucLow,
        public float $aucHigh,
        public float $gain,
        public float $gainLow,
        public float $gainHigh,
        public float $brier,
        public float $brierSkill,
        public float $logLoss,
        public float $miscalibration,
        public float $slope,
        public float $intercept,
        public float $expected,
        public float $capture,
        public float $choiceLoss,
    ) {
    }
}
