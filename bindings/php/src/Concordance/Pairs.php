<?php

declare(strict_types=1);

namespace Retain\Concordance;

use Retain\Value;

/** How well a score ranks durations. */
final readonly class Pairs extends Value
{
    /**
     * @param float $rows sum of the weights
     * @param float $events of those who left (before the horizon)
     * @param float $concordant pairs, of who left first had the larger score; Uno's C: as they count
     * @param float $discordant pairs, the smaller
     * @param float $tiedScore pairs, an equal one
     * @param float $tiedTime pairs who left at the same time: they tell nothing
     * @param float $concordance chance that who leaves first has the larger score, equal scores counting half
     * @param float $standardError by the infinitesimal jackknife
     * @param float $low its limits, symmetric in the logit
     * @param float $high upper limit
     */
    public function __construct(
        public float $rows,
        public float $events,
        public float $concordant,
        public float $discordant,
        public float $tiedScore,
        public float $tiedTime,
        public float $concordance,
        public float $standardError,
        public float $low,
        public float $high,
    ) {
    }
}
