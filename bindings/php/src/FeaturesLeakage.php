<?php

declare(strict_types=1);

namespace Retain;

/** What Features::checkLeakage() found. */
final readonly class FeaturesLeakage extends Value
{
    /**
     * @param array<string, int> $leaks for each feature, customers for whom it changed when the future was taken away
     * @param array<string, int|string> $examples one such customer, for features that leak
     * @param int $strangers customers who are there with the future or without it only
     * @param int $customers customers compared
     */
    public function __construct(
        public array $leaks,
        public array $examples,
        public int $strangers,
        public int $customers,
    ) {
    }

    /** @return list<string> names of the features that look ahead */
    public function leaking(): array
    {
        return array_keys(array_filter($this->leaks));
    }

    /** Does nothing look ahead? */
    public function isClean(): bool
    {
        return $this->leaking() === [] && $this->strangers === 0;
    }
}
