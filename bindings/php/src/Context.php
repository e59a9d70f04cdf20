<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * How to run an operation: threads, progress, and a way to stop it.
 *
 * Every operation takes one as its last, optional argument; none means one thread and no progress. Results never depend on it.
 *
 *     $context = new Context(progress: function (float $share) use ($bar): void { $bar->setProgress($share); });
 *     $model = ParetoNbd::fit($customers, context: $context);
 *
 * Scratch memory comes within `memory_limit`: when it would not, the operation throws a MemoryException instead of ending the
 * process. When `max_execution_time` is over, the operation stops.
 */
final readonly class Context
{
    private const MOST_THREADS = 256;

    public ?\Closure $progress;

    /**
     * @param int $threads worker threads, 0 to 256; 0 and 1 mean none but the calling one. A web server's workers already share
     *                     the processors: leave it at 1 there
     * @param (callable(float): mixed)|null $progress told now and then how far the operation is, from 0 to 1. It stops the
     *                     operation
     *                     with a CancelledException by returning true; any other answer goes on. What it throws comes out of the
     *                     operation
     * @param bool $lowMemory read order logs with at most 8 bytes of scratch a row, a part of the customers at a time: slower, and
     *                     the same results
     */
    public function __construct(public int $threads = 1, ?callable $progress = null, public bool $lowMemory = false)
    {
        if ($threads < 0 || $threads > self::MOST_THREADS) {
            throw new ArgumentException("threads is $threads; it must lie in [0, " . self::MOST_THREADS . ']', 1);
        }
        $this->progress = $progress === null ? null : $progress(...);
    }

    /**
     * @internal what the raw extension takes
     * @return array{threads: int, progress: ?\Closure, low_memory: bool}
     */
    public function raw(): array
    {
        return ['threads' => $this->threads, 'progress' => $this->progress, 'low_memory' => $this->lowMemory];
    }
}
