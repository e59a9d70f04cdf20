<?php

declare(strict_types=1);

namespace Retain;

/** A column of a panel, as data: whoever shows it finds his own words. */
final readonly class FeaturesColumn extends Value
{
    /**
     * @param string $name the feature's with the window (occasions_90) or the kind of the events (events_return)
     * @param string $feature one of Features::names()
     * @param string $unit 'count', 'days', 'ratio', 'share', 'trend' (−1 to 1), 'money' or 'value'
     * @param int $days of its window; 0 where there is none
     * @param int|string|null $kind of the events; null where there is none
     */
    public function __construct(
        public string $name,
        public string $feature,
        public string $unit,
        public int $days,
        public int|string|null $kind,
    ) {
    }
}
