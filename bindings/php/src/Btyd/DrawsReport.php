<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Value;

/** Can draws be trusted? */
final readonly class DrawsReport extends Value
{
    /**
     * @param DrawsVerdict $verdict how it ended
     * @param string $explanation the verdict in words
     * @param int $draws rows, of all chains
     * @param int $divergences trajectories that broke off
     * @param int $failed refits that ended nowhere: their rows are NaN
     * @param int $open refits that ended on a boundary or a ridge: their rows hold where
     * @param int $evaluations times the likelihood of all rows was computed
     * @param float $acceptance mean chance of acceptance, about 0.9
     * @param float $rHat the worst of all entries
     * @param float $essBulk the least of all entries
     * @param float $essTail the least of all entries
     * @param float $priorSd the prior that was used; 0: none
     * @param float $coefficientSd
     */
    public function __construct(
        public DrawsVerdict $verdict,
        public string $explanation,
        public int $draws,
        public int $divergences,
        public int $failed,
        public int $open,
        public int $evaluations,
        public float $acceptance,
        public float $rHat,
        public float $essBulk,
        public float $essTail,
        public float $priorSd,
        public float $coefficientSd,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $record
     */
    public static function of(array $record): self
    {
        return new self(
            DrawsVerdict::from($record['verdict']),
            $record['explanation'],
            $record['draws'],
            $record['divergences'],
            $record['failed'],
            $record['open'],
            $record['evaluations'],
            $record['acceptance'],
            $record['r_hat'],
            $record['ess_bulk'],
            $record['ess_tail'],
            $record['prior_sd'],
            $record['coefficient_sd'],
        );
    }
}
