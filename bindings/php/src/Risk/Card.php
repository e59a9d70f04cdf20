<?php

declare(strict_types=1);

namespace Retain\Risk;

use Retain\Value;

/** The model card: what is behind the risks, and the test that earned them. */
final readonly class Card extends Value
{
    private const FIGURES = 15;

    /**
     * @param string $explanation the verdict in words
     * @param int $testDate day number of the date of the test
     * @param int $dates dates of the past
     * @param int $choiceDates those before the test that the method was chosen by; 0: the test itself
     * @param int $trainingRows customers and dates behind the risks
     * @param float $base log odds to which contributions are added: of those who bring the money to come; with the rhythm, of who has their medians
     * @param float $silentExpected customers of today who will be silent: the sum of the risks
     * @param float $atRisk sum of the values at risk; NAN where nobody could be valued, which the explanation then says
     * @param array<string, Figures> $figures by name of the method
     */
    public function __construct(
        public Verdict $verdict,
        public Method $method,
        public string $explanation,
        public int $horizonDays,
        public int $observationEnd,
        public int $testDate,
        public int $dates,
        public int $choiceDates,
        public int $trainingRows,
        public int $trainingSilent,
        public int $testCustomers,
        public int $testSilent,
        public float $base,
        public float $silentExpected,
        public float $atRisk,
        public array $figures,
    ) {
    }

    /**
     * @internal
     * @param array<string, mixed> $record as the extension gives it
     */
    public static function of(array $record): self
    {
        $figures = [];
        foreach (array_chunk($record['figures'], self::FIGURES) as $method => $numbers) {
            $figures[Method::from($method)->label()] = new Figures(...$numbers);
        }
        return new self(
            Verdict::from($record['verdict']),
            Method::from($record['method']),
            $record['explanation'],
            $record['horizon_days'],
            $record['observation_end'],
            $record['test_date'],
            $record['dates'],
            $record['choice_dates'],
            $record['training_rows'],
            $record['training_silent'],
            $record['test_customers'],
            $record['test_silent'],
            $record['base'],
            $record['silent_expected'],
            $record['at_risk'],
            $figures,
        );
    }

    /** The figures of the method behind the risks. */
    public function own(): Figures
    {
        return $this->figures[$this->method->label()];
    }
}
