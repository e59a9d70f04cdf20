<?php

declare(strict_types=1);

namespace Retain;

use Retain\Concordance\Brier;
use Retain\Concordance\Pairs;
use Retain\Concordance\Times;
use Retain\Exception\DataException;

/**
 * Do those with the larger score leave sooner, when not all have left yet?
 *
 *     $months = new Concordance([1, 3, 3, 8, 12, 12], [1, 1, 0, 1, 0, 0]);      // how long, and whether they have left
 *     $months->harrell([0.9, 0.7, 0.2, 0.8, 0.1, 0.3])->concordance;            // 0.909
 *
 * Of customers who are still there it is known only how long they have stayed so far: leaving them out, or counting them as staying for
 * ever, judges the score by whom one happened to watch for how long.
 */
final class Concordance
{
    /** @var list<mixed> exit, event, entry, weight */
    private readonly array $columns;

    /**
     * @param mixed $exit how long each row lasted, or had lasted when last seen, in any unit: list<float>|string|Column
     * @param mixed $event optional: 1 where it ended then, 0 where it was still going on: list<int|bool>|string|Column. All have ended by
     *        default
     * @param mixed $entry optional: from when on each row was watched; for harrell() only
     * @param mixed $weight optional: how many identical rows each row stands for
     * @param float $level two-sided level of the limits, in (0, 1)
     */
    public function __construct(
        mixed $exit,
        mixed $event = null,
        mixed $entry = null,
        mixed $weight = null,
        private readonly float $level = 0.95,
        private readonly ?Context $context = null,
    ) {
        Columns::level($level);
        $this->columns = [
            Columns::check($exit, 'exit'),
            Columns::checkOptional($event, 'event'),
            Columns::checkOptional($entry, 'entry'),
            Columns::checkOptional($weight, 'weight'),
        ];
    }

    /**
     * Harrell's C: of two customers of whom it is known who left first, the chance that this one had the larger score.
     *
     * @param mixed $score list<float>|string|Column: larger means leaves sooner
     * @param ?float $horizon only who left before it counts as having left first
     * @throws DataException for a row that breaks a rule
     */
    public function harrell(mixed $score, ?float $horizon = null): Pairs
    {
        return $this->pairs(0, $score, $horizon);
    }

    /**
     * Uno's C: the same had nobody been lost from sight, by weights; needs a horizon at which enough are still watched.
     *
     * @param mixed $score list<float>|string|Column
     */
    public function uno(mixed $score, ?float $horizon = null): Pairs
    {
        return $this->pairs(1, $score, $horizon);
    }

    private function pairs(int $kind, mixed $score, ?float $horizon): Pairs
    {
        $until = $horizon === null ? 0.0 : Columns::positive($horizon, 'horizon');
        $columns = [...$this->columns, Columns::check($score, 'score')];
        $result = retain_concordance_pairs($this->context?->raw(), $kind, ...[...$columns, $this->level, $until]);
        return new Pairs(...array_values($result['record']));
    }

    /**
     * AUC at given times: of two customers of whom one has left by then and the other has not, the chance that the first has the larger
     * score. Who was lost from sight before is stood for by others.
     *
     * @param mixed $score list<float>|string|Column
     * @param mixed $times list<float>|string|Column
     */
    public function auc(mixed $score, mixed $times): Times
    {
        $at = Columns::numbers($times, 'times');
        $columns = [...$this->columns, Columns::check($score, 'score'), $at];
        $given = [...$columns, $this->level, ...array_fill(0, 7, true)];
        $result = Names::renamed(['time' => 'times'], fn (): array => retain_concordance_auc($this->context?->raw(), ...$given));
        return new Times($at, ...Columns::lists($result));
    }

    /**
     * Brier scores at given times, and their mean over time: how far forecasts of still being there are off.
     *
     * @param list<mixed> $survival for each time a column of forecasts: the probability, for each row, of still being there after it
     * @param mixed $times list<float>|string|Column: ascending
     */
    public function brier(array $survival, mixed $times): Brier
    {
        $at = Columns::numbers($times, 'times');
        $cells = array_merge(...array_map(
            static fn (mixed $column): array => Columns::numbers($column, 'survival'),
            array_values($survival)
        ));
        $columns = [...$this->columns, $cells, $at];
        $given = [...$columns, $this->level, ...array_fill(0, 7, true)];
        $result = Names::renamed(['time' => 'times'], fn (): array => retain_concordance_brier($this->context?->raw(), ...$given));
        return new Brier(...[...array_values($result['record']), new Times($at, ...Columns::lists($result))]);
    }
}
