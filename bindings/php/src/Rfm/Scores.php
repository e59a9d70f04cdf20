<?php

declare(strict_types=1);

namespace Retain\Rfm;

use Retain\Column;
use Retain\Columns;
use Retain\Context;
use Retain\Exception\ArgumentException;
use Retain\Rfm;
use Retain\Value;

/**
 * Customers with their scores, in the kind of columns that was given.
 *
 * Maps are lists of 125 numbers from 0 to 254, the segment of code (r, f, m) at 25 (r − 1) + 5 (f − 1) + (m − 1), as Rfm::map()
 * makes them; null means the default map, whose numbers are those of Segment.
 */
final readonly class Scores extends Value implements \Countable
{
    /**
     * @param list<int>|string|Column $r 1 to bins, 5 (of 5) is best
     * @param list<int>|string|Column $f
     * @param list<int>|string|Column $m
     * @param list<float>|string|Column|null $daysSinceLast what was scored
     * @param list<float>|string|Column|null $occasions
     * @param list<float>|string|Column|null $revenue
     * @param list<int|string>|string|Column|null $id who
     * @param int $bins number of scores; segments are of scores from 1 to 5, and refused for any other number
     */
    public function __construct(
        public array|string|Column $r,
        public array|string|Column $f,
        public array|string|Column $m,
        public array|string|Column|null $daysSinceLast = null,
        public array|string|Column|null $occasions = null,
        public array|string|Column|null $revenue = null,
        public array|string|Column|null $id = null,
        public int $bins = 5,
    ) {
    }

    /** Number of customers. */
    public function count(): int
    {
        return Columns::count($this->r, Columns::UINT8);
    }

    /**
     * Segments as numbers.
     *
     * @param ?list<int> $map segment of each code, (r, f, m) being number 25 (r - 1) + 5 (f - 1) + (m - 1): 125 ints from 0 to 254 (see
     *        Rfm::checkSegments()); null for the default map
     * @return list<int>|string|Column
     * @throws \Retain\Exception\DataException for scores outside 1 to 5
     */
    public function numbers(?array $map = null, ?Context $context = null): array|string|Column
    {
        if ($this->bins !== 5) {
            throw new ArgumentException("the scores have {$this->bins} bins; segments are of scores from 1 to 5", 1);
        }
        return retain_rfm_segments($context?->raw(), $this->r, $this->f, $this->m, $map, true)['segment'];
    }

    /**
     * Segments of the default map, one a customer.
     *
     * @return list<Segment>
     */
    public function segments(?Context $context = null): array
    {
        return array_map(Segment::from(...), Columns::list($this->numbers(null, $context), Columns::UINT8));
    }

    /**
     * The segment table.
     *
     * @param ?list<int> $map as for numbers()
     * @param float $level two-sided level of all intervals, in (0, 1)
     */
    public function table(?array $map = null, float $level = 0.95, ?Context $context = null): SegmentTable
    {
        $segments = $map === null ? count(Segment::cases()) : 1 + (int) max([0, ...$map]);
        return Rfm::table(
            $this->numbers($map, $context),
            $segments,
            $this->daysSinceLast,
            $this->occasions,
            $this->revenue,
            $level,
            $map === null ? array_map(static fn (Segment $segment): string => $segment->label(), Segment::cases()) : null,
            $context
        );
    }

    /**
     * Who moved where from these scores to later ones, by id. Ids must ascend in both, as they do in a summary (strings: by their
     * bytes).
     *
     * @param self $later scores of a later date, by the same cuts or by cuts fitted anew
     * @param ?list<int> $map as for numbers()
     * @param float $level two-sided level of the Wilson intervals, in (0, 1)
     */
    public function migration(self $later, ?array $map = null, float $level = 0.95, ?Context $context = null): Migration
    {
        if ($this->id === null || $later->id === null) {
            throw new ArgumentException('id is missing; customers of two dates are joined by it', 1);
        }
        $segments = $map === null ? count(Segment::cases()) : 1 + (int) max([0, ...$map]);
        return Rfm::migration(
            $this->id,
            $this->numbers($map, $context),
            $later->id,
            $later->numbers($map, $context),
            $segments,
            $level,
            $context
        );
    }
}
