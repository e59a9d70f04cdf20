<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Value;

/** A forecast summed over customers. */
final readonly class Total extends Value
{
    /**
     * @param float $value sum over customers of weight × worth × forecast
     * @param float $standardError of it, from the parameters; 0 where they are taken for known
     * @param float $low interval of the expectation: the parameters could be others
     * @param float $high
     * @param float $variance of what will happen about the expectation: chance; NaN where what is asked is no count
     * @param float $least prediction interval, from parameters and chance: to be held against what happened
     * @param float $most
     */
    public function __construct(
        public float $value,
        public float $standardError,
        public float $low,
        public float $high,
        public float $variance,
        public float $least,
        public float $most,
    ) {
    }

    /**
     * As the raw extension gives it.
     *
     * @internal
     * @param array<string, float> $record
     */
    public static function of(array $record): self
    {
        return new self(
            $record['value'],
            $record['standard_error'],
            $record['low'],
            $record['high'],
            $record['variance'],
            $record['least'],
            $record['most'],
        );
    }
}
