<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Columns;
use Retain\Customers;
use Retain\Exception\ArgumentException;
use Retain\Exception\DataException;

/**
 * What a fit is told beside the customers: the named arguments of Model::fit(), Model::posterior() and Model::bootstrap().
 *
 *     BgNbd::fit($customers, covariates: ['channel'], fixed: ['r' => 0.5], prior: new Prior(parameters: 1.0));
 */
final readonly class Terms
{
    /** @var list<string> names of the covariates */
    public array $covariates;

    /** @var list<string> names of what is fitted, in the order of reports and gradients */
    public array $entries;

    /** @var list<mixed> as the raw extension takes it */
    public array $raw;

    /**
     * @param Family $family which parameters there are
     * @param list<string> $covariates names of the customers' covariates that tell them apart; predictions read the same ones
     * @param ?list<string> $purchase which of them enter the purchase process; null: all
     * @param ?list<string> $lifetime which of them enter the lifetime process; null: all
     * @param list<string> $equal which of them have one coefficient in both processes
     * @param array<string, float> $fixed values at which entries are held: ['r' => .5, 'purchase[channel]' => .2]
     * @param ?Prior $prior for few customers
     * @param int $k of BgCnbd and MbgCnbd, 1 to 64; 0: the most likely of 1 to 12, of which the report's explanation tells. k is not
     *        counted as a parameter
     */
    public function __construct(
        private Family $family,
        array $covariates = [],
        ?array $purchase = null,
        ?array $lifetime = null,
        array $equal = [],
        array $fixed = [],
        ?Prior $prior = null,
        public int $k = 0,
    ) {
        if ($k !== 0 && !is_subclass_of($family->model(), RegularModel::class)) {
            throw new ArgumentException("k is $k; only BgCnbd and MbgCnbd have one", 1);
        }
        $prior ??= new Prior();
        if (count(array_unique($covariates)) < count($covariates)) {
            throw new ArgumentException('covariates names one twice', 1);
        }
        if (count($covariates) > 16) {
            throw new ArgumentException('covariates has ' . count($covariates) . ' names; a model has at most 16', 1);
        }
        $this->covariates = array_values($covariates);
        $this->entries = self::entries($family, $this->covariates);
        $this->raw = [
            $purchase === null ? null : self::flags($purchase, 'purchase', $this->covariates),
            $lifetime === null ? null : self::flags($lifetime, 'lifetime', $this->covariates),
            $equal === [] ? null : self::flags($equal, 'equal', $this->covariates),
            self::held($fixed, $this->entries),
            $prior->parameters,
            $prior->coefficients,
            $prior->centreOf($family->parameters()),
        ];
    }

    /**
     * Named arguments, for these customers.
     *
     * @internal
     * @param array<string, mixed> $given
     */
    public static function asked(Family $family, Customers|Histories $customers, array $given): self
    {
        if ($customers instanceof Histories) {
            if ($family !== Family::ParetoNbd || ($given['covariates'] ?? []) !== []) {
                throw new ArgumentException('covariates that change with time are for ParetoNbd, and named by the histories', 1);
            }
            $given['covariates'] = $customers->covariates();
        }
        return new self($family, ...$given);
    }

    /**
     * Runs a fit; sentences of the library, which knows entries and covariates by their number, get their names.
     *
     * @internal
     * @param callable(): array<string, mixed> $fit
     * @return array<string, mixed>
     */
    public function naming(callable $fit): array
    {
        try {
            return $fit();
        } catch (ArgumentException | DataException $refused) {
            $entry = fn (array $at): string => "['" . $this->entries[(int) $at[1]] . "']";
            $covariate = fn (array $at): string => "'" . $this->covariates[(int) $at[1]] . "'";
            $sentence = (string) preg_replace_callback_array([
                '/^fixed\[(\d+)\]/' => static fn (array $at): string => 'fixed' . $entry($at),
                '/^priorCentre\[(\d+)\]/' => static fn (array $at): string => 'centre' . $entry($at),
                '/^equal\[(\d+)\] is 1; covariate \d+/' => static fn (array $at): string => 'equal names ' . $covariate($at) . ', which',
                '/\bcovariate (\d+)\b/' => $covariate,
                '/(?<=\bcustomers\.covariates)\[(\d+)\]/' => static fn (array $at): string => '[' . $covariate($at) . ']',
            ], $refused->getMessage());
            $named = new ($refused::class)($sentence, $refused->getCode());
            $named->row = $refused->row;
            throw $named;
        }
    }

    /**
     * Family and customers as the raw extension takes them.
     *
     * @internal
     * @return list<mixed>
     */
    public function columns(Customers $customers): array
    {
        return [
            $this->family->value,
            $customers->frequency,
            $customers->t_x,
            $customers->T,
            $customers->weight,
            $customers->logGaps,
            $customers->unitDays,
            $customers->stack($this->covariates),
            count($this->covariates),
        ];
    }

    /**
     * Names of what is fitted.
     *
     * @internal
     * @param list<string> $covariates
     * @return list<string>
     */
    public static function entries(Family $family, array $covariates): array
    {
        return [
            ...$family->parameters(),
            ...array_map(static fn (string $name): string => "purchase[$name]", $covariates),
            ...array_map(static fn (string $name): string => "lifetime[$name]", $covariates),
        ];
    }

    /**
     * @param array<string> $given
     * @param list<string> $covariates
     * @return list<int>
     */
    private static function flags(array $given, string $what, array $covariates): array
    {
        foreach (array_diff($given, $covariates) as $name) {
            throw new ArgumentException(
                "$what names '$name', which is none of the covariates (" . (implode(', ', $covariates) ?: 'there are none') . ')',
                1
            );
        }
        return array_map(static fn (string $name): int => in_array($name, $given, true) ? 1 : 0, $covariates);
    }

    /**
     * @param array<string, mixed> $fixed
     * @param list<string> $entries
     * @return ?list<float>
     */
    private static function held(array $fixed, array $entries): ?array
    {
        foreach ($fixed as $name => $value) {
            if (!in_array($name, $entries, true)) {
                throw new ArgumentException("fixed names '$name'; the entries are " . implode(', ', $entries), 1);
            }
            Columns::number($value, "fixed['$name']");
        }
        return $fixed === [] ? null : array_map(static fn (string $name): float => (float) ($fixed[$name] ?? NAN), $entries);
    }
}
