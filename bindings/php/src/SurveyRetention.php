<?php

declare(strict_types=1);

namespace Retain;

/** Who came back, by class of score, lowest scores first. */
final readonly class SurveyRetention extends Value implements \Countable
{
    /**
     * @param list<float> $counted responses that count
     * @param list<float> $returned those of them that were followed by an occasion
     * @param list<float> $rate returned / counted, NaN for an empty class
     * @param list<float> $low Wilson limits
     * @param list<float> $high
     * @param float $difference rate of the highest class less that of the lowest
     * @param float $differenceLow its limits: hybrid score interval of R. G. Newcombe, Statistics in Medicine 17 (1998), 873–890
     * @param int $openResponses left out: their days were not over
     * @param int $repeatResponses left out: another response of the customer counts
     * @param int $strangers responses of customers without a row in the log: if they are many, the ids do not belong together
     */
    public function __construct(
        public array $counted,
        public array $returned,
        public array $rate,
        public array $low,
        public array $high,
        public float $difference,
        public float $differenceLow,
        public float $differenceHigh,
        public int $openResponses,
        public int $repeatResponses,
        public int $strangers,
    ) {
    }

    /** Number of classes. */
    public function count(): int
    {
        return count($this->counted);
    }

    /**
     * The classes one by one: figures by name, lowest scores first.
     *
     * @return list<array<string, int|float>>
     */
    public function rows(): array
    {
        $rows = [];
        foreach ($this->counted as $class => $counted) {
            $rows[] = [
                'class' => $class,
                'counted' => $counted,
                'returned' => $this->returned[$class],
                'rate' => $this->rate[$class],
                'low' => $this->low[$class],
                'high' => $this->high[$class],
            ];
        }
        return $rows;
    }
}
