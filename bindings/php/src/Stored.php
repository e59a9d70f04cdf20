<?php

declare(strict_types=1);

namespace Retain;

use Retain\Exception\ArgumentException;

/**
 * Models as plain numbers, for JSON and databases: the form that PHP and Python write and read alike (docs/stored-models.md).
 *
 * An object is part of a stored model that is taken key by key: what is missing, wrong or left over is refused by name.
 *
 * @internal
 */
final class Stored
{
    public const FORMAT = 'libretain model';
    public const VERSION = 1;

    /** Most predictors of a Cox regression. */
    public const PREDICTORS = 40;

    /** What a report stores: its properties by key. */
    private const COLUMNS = ['standard_error' => 'standardError', 'low' => 'low', 'high' => 'high'];
    private const NUMBERS = [
        'customers' => 'customers',
        'log_likelihood' => 'logLikelihood',
        'objective' => 'objective',
        'aic' => 'aic',
        'bic' => 'bic',
        'gradient_norm' => 'gradientNorm',
        'condition' => 'condition',
    ];
    private const WHOLE = ['rows', 'iterations', 'evaluations', 'estimated', 'coefficients', 'data'];
    private const VERDICTS = ['none', 'converged', 'boundary', 'ridge', 'too little data', 'stopped'];
    private const KINDS = ['estimated', 'held', 'equal'];

    /** By which a sum may be beyond its bound. */
    private const ROUNDING = 1e-12;

    /** What figures of a fit may be, of whichever model. */
    private const SHARE = [0.0, 1.0];
    private const NOT_NEGATIVE = [0.0, INF];
    private const BOUNDS = [
        'p_value' => self::SHARE,
        'score_p' => self::SHARE,
        'wald_p' => self::SHARE,
        'likelihood_ratio_p' => self::SHARE,
        'concordance' => self::SHARE,
        'customers' => self::NOT_NEGATIVE,
        'periods' => self::NOT_NEGATIVE,
        'events' => self::NOT_NEGATIVE,
        'pairs' => self::NOT_NEGATIVE,
        'gradient_norm' => self::NOT_NEGATIVE,
        'condition' => self::NOT_NEGATIVE,
        'likelihood_ratio' => self::NOT_NEGATIVE,
        'standard_error' => self::NOT_NEGATIVE,
        'plain_error' => self::NOT_NEGATIVE,
        'marginal_error' => self::NOT_NEGATIVE,
        'spread' => self::NOT_NEGATIVE,
        'scale' => self::NOT_NEGATIVE,
        'odds_ratio' => self::NOT_NEGATIVE,
        'odds_ratio_scale' => self::NOT_NEGATIVE,
        'ratio' => self::NOT_NEGATIVE,
        'hazard_ratio' => self::NOT_NEGATIVE,
        'hazard_ratio_low' => self::NOT_NEGATIVE,
        'hazard_ratio_high' => self::NOT_NEGATIVE,
        'degrees' => self::NOT_NEGATIVE,
        'correlation' => [-1.0, 1.0],
        'deviance_explained' => [-INF, 1.0],
    ];

    /** The same of models of events, which have no density. */
    public const PROBABILITIES = ['log_likelihood' => [-INF, 0.0], 'null_log_likelihood' => [-INF, 0.0]];

    /** @var array<string, mixed> */
    private array $left;

    /** Did a fit leave parameters open, which then do not exist? */
    private bool $isOpen = false;

    /** @param array<string, array{float, float}> $bounds */
    public function __construct(mixed $given, private readonly string $place = '', private readonly array $bounds = [])
    {
        if (!is_array($given)) {
            throw new ArgumentException((rtrim($place, '.') ?: 'stored') . ' must be an array, not ' . get_debug_type($given), 1);
        }
        $this->left = $given;
    }

    /** A number as JSON can hold it: null for one that does not exist, a word for one that is infinite. */
    public static function number(float $value): float|string|null
    {
        return is_nan($value) ? null : (is_finite($value) ? $value : ($value > 0.0 ? 'infinity' : '-infinity'));
    }

    /**
     * A model as it is stored.
     *
     * @param array<string, mixed> $more its unit and parameters
     * @param array<string, int|float|list<float>> $found what its fit found beside the report
     * @return array<string, mixed>
     */
    public static function write(string $family, array $more, ?FitReport $report, array $found = []): array
    {
        $stored = ['format' => self::FORMAT, 'version' => self::VERSION, 'family' => $family, ...$more, 'fit' => null];
        if ($report === null) {
            if (in_array(null, $more['parameters'] ?? [], true)) {
                throw new ArgumentException('this model has no parameters, nor a fit that says why; there is nothing to store', 1);
            }
            return $stored;
        }
        $numbers = static fn (array $values): array => array_map(self::number(...), array_values($values));
        $fit = [
            'verdict' => self::VERDICTS[$report->verdict->value],
            'explanation' => $report->explanation,
            'entries' => array_map(strval(...), array_keys($report->estimate)),
            'kind' => array_values($report->kind),
            'level' => $report->level,
        ];
        foreach (self::COLUMNS as $key => $property) {
            $fit[$key] = $numbers($report->$property);
        }
        $fit['covariance'] = array_merge(...array_map($numbers, array_values($report->covariance)));
        foreach (self::NUMBERS as $key => $property) {
            $fit[$key] = self::number($report->$property);
        }
        foreach (self::WHOLE as $key) {
            $fit[$key] = $report->$key;
        }
        $fit['has_prior'] = $report->hasPrior;
        $stored['fit'] = $fit + array_map(static fn (mixed $one): mixed => is_array($one) ? $numbers($one) : self::number($one), $found);
        return $stored;
    }

    /**
     * The predictors of a regression.
     *
     * @param array<string, float> $coefficient by name
     * @param array<string, float> $reference
     * @return list<array<string, mixed>>
     */
    public static function writeColumns(array $coefficient, array $reference): array
    {
        $columns = [];
        foreach ($coefficient as $name => $value) {
            $columns[] = ['name' => (string) $name, 'coefficient' => self::number($value), 'reference' => self::number($reference[$name])];
        }
        return $columns;
    }

    /**
     * A stored model and its family.
     *
     * @param list<string> $families
     * @return array{self, string}
     */
    public static function open(mixed $given, array $families): array
    {
        $stored = new self($given);
        $stored->text('format', [self::FORMAT]);
        $version = $stored->figure('version');
        if ($version !== (float) self::VERSION) {
            throw new ArgumentException(sprintf('version is %G; this version of the library reads %d', $version, self::VERSION), 1);
        }
        $family = $stored->text('family', $families);
        $fit = $stored->left['fit'] ?? null;
        $stored->isOpen = is_array($fit) && ($fit['verdict'] ?? null) !== 'converged';
        return [$stored, $family];
    }

    public function take(string $name): mixed
    {
        if (!array_key_exists($name, $this->left)) {
            throw $this->wrong($name, 'is missing in the stored model');
        }
        $value = $this->left[$name];
        unset($this->left[$name]);
        return $value;
    }

    /** Did a fit leave parameters open? */
    public function isOpen(): bool
    {
        return $this->isOpen;
    }

    /** Is it there, and null? Then it is taken. */
    public function isNull(string $name): bool
    {
        return array_key_exists($name, $this->left) && $this->left[$name] === null && $this->take($name) === null;
    }

    /** Entries of a list, 0 of anything else. */
    public function length(string $name): int
    {
        return is_array($this->left[$name] ?? null) ? count($this->left[$name]) : 0;
    }

    public function part(string $name): self
    {
        return $this->inner($this->take($name), $name);
    }

    /** @return list<self> the entries of a list, one by one */
    public function parts(string $name): array
    {
        $parts = $this->items($name);
        return array_map(fn (mixed $each, int $row): self => $this->inner($each, "{$name}[$row]"), $parts, array_keys($parts));
    }

    /**
     * What a fit found: its figures lie where such figures can, and where `$more` says.
     *
     * @param array<string, array{float, float}> $more
     */
    public function found(array $more = []): self
    {
        return new self($this->take('fit'), "{$this->place}fit.", $more + self::BOUNDS);
    }

    private function inner(mixed $given, string $name): self
    {
        $part = new self($given, "$this->place$name.");
        $part->isOpen = $this->isOpen;
        return $part;
    }

    /** @param ?list<string> $choices */
    public function text(string $name, ?array $choices = null): string
    {
        $value = $this->take($name);
        if (!is_string($value)) {
            throw $this->wrong($name, 'must be a text, not ' . get_debug_type($value));
        }
        if ($choices !== null && !in_array($value, $choices, true)) {
            throw $this->wrong($name, "is '$value'; it must be one of '" . implode("', '", $choices) . "'");
        }
        return $value;
    }

    /** A number, NaN where it does not exist. */
    public function figure(string $name): float
    {
        return $this->within(self::read($this->take($name), $this->place . $name), $name, $name);
    }

    private function within(float $value, string $name, string $entry): float
    {
        [$low, $high] = $this->bounds[$name] ?? [-INF, INF];
        if ($value < $low - self::ROUNDING || $value > $high + self::ROUNDING) {
            $rule = match (true) {
                is_finite($high - $low) => sprintf('lie in [%G, %G]', $low, $high),
                is_finite($low) => sprintf('be at least %G', $low),
                default => sprintf('be at most %G', $high),
            };
            throw $this->wrong($entry, 'is ' . self::shown($value) . "; it must $rule");
        }
        return $value;
    }

    /** A number in a sentence. */
    public static function shown(float $value): string
    {
        if (!is_finite($value)) {
            return is_nan($value) ? 'null' : ($value > 0.0 ? 'inf' : '-inf');
        }
        $power = static fn (array $at): string => "e$at[1]" . str_pad($at[2], 2, '0', STR_PAD_LEFT);
        return (string) preg_replace_callback('/(?:\.0)?E([+-])(\d+)$/', $power, sprintf('%G', $value));
    }

    /** A number that exists and is finite. */
    public function known(string $name): float
    {
        $value = $this->figure($name);
        if (!is_finite($value)) {
            throw $this->wrong($name, 'is ' . self::shown($value) . '; it must be a finite number');
        }
        return $value;
    }

    /** The same, or one that the fit left open. */
    public function parameter(string $name): float
    {
        return $this->isOpen ? $this->figure($name) : $this->known($name);
    }

    public function whole(string $name): int
    {
        $value = $this->figure($name);
        if (!($value >= 0.0 && $value <= 2.0 ** 53 && $value === floor($value))) {
            throw $this->wrong($name, 'is ' . self::shown($value) . '; it must be a whole number');
        }
        return (int) $value;
    }

    public function yesOrNo(string $name): bool
    {
        $value = $this->take($name);
        return is_bool($value) ? $value : throw $this->wrong($name, 'must be true or false, not ' . get_debug_type($value));
    }

    /** @return list<mixed> */
    public function items(string $name, ?int $length = null): array
    {
        $values = $this->take($name);
        if (!is_array($values) || !array_is_list($values)) {
            throw $this->wrong($name, 'must be a list, not ' . (is_array($values) ? 'an array with keys' : get_debug_type($values)));
        }
        if ($length !== null && count($values) !== $length) {
            throw $this->wrong($name, 'has ' . count($values) . " entries; it must have $length");
        }
        return $values;
    }

    /** @return list<float> */
    public function column(string $name, int $length): array
    {
        $place = $this->place . $name;
        $values = $this->items($name, $length);
        $values = array_map(static fn (mixed $value, int $row): float => self::read($value, "{$place}[$row]"), $values, array_keys($values));
        foreach (isset($this->bounds[$name]) ? $values : [] as $row => $value) {
            $this->within($value, $name, "{$name}[$row]");
        }
        return $values;
    }

    /**
     * @param list<string> $names
     * @return array<string, float> by name, in this order
     */
    public function parameters(array $names): array
    {
        $part = $this->part('parameters');
        $found = array_map($part->parameter(...), array_combine($names, $names));
        foreach (array_diff_key($found, ['theta' => 0, 'delta' => 0]) as $name => $value) {
            if ($value <= 0.0) {
                throw $part->wrong($name, 'is ' . self::shown($value) . '; it must be positive');
            }
        }
        $part->done();
        return $found;
    }

    /**
     * Coefficients and references of the predictors of a regression, by name.
     *
     * @return array{array<string, float>, array<string, float>}
     */
    public function columns(int $least, int $most): array
    {
        $columns = $this->parts('columns');
        if (count($columns) < $least || count($columns) > $most) {
            throw $this->wrong('columns', 'has ' . count($columns) . " entries; it must have $least to $most");
        }
        $found = [[], []];
        foreach ($columns as $j => $column) {
            $name = $column->text('name');
            if (array_key_exists($name, $found[0])) {
                throw $this->twice($j, $name, $found[0]);
            }
            $found[0][$name] = $column->parameter('coefficient');
            $found[1][$name] = $column->parameter('reference');
            $column->done();
        }
        return $found;
    }

    /**
     * The report of the fit and what the fit found beside it, numbers and of `each` a column of the entries; null without a fit.
     *
     * @param list<string> $entries
     * @param list<float> $estimate
     * @param list<string> $beside
     * @param list<string> $each
     * @param array<string, array{float, float}> $bounds
     * @return ?array{FitReport, array<string, mixed>}
     */
    public function fit(array $entries, array $estimate, array $beside = [], array $each = [], array $bounds = []): ?array
    {
        if ($this->isNull('fit')) {
            return null;
        }
        $fit = $this->found($bounds);
        $count = count($entries);
        $verdict = $fit->text('verdict', self::VERDICTS);
        $explanation = $fit->text('explanation');
        if ($fit->items('entries') !== $entries) {
            throw $fit->wrong('entries', 'must be ' . implode(', ', $entries));
        }
        $kinds = $fit->items('kind', $count);
        $fit->checkKinds($kinds, self::KINDS);
        $level = $fit->level();
        $named = static fn (array $values): array => array_combine($entries, $values);
        foreach (self::COLUMNS as $key => $property) {
            $given[$property] = $named($fit->column($key, $count));
        }
        $fit->checkLimits('low', $given['low'], 'high', $given['high']);
        $covariance = $fit->column('covariance', $count * $count);
        $fit->checkCovariance($verdict, $covariance, array_values($given['standardError']));
        $given['covariance'] = $named(array_map($named, Columns::square($covariance, $count)));
        foreach (self::NUMBERS as $key => $property) {
            $given[$property] = $figures[$key] = $fit->figure($key);
        }
        foreach (self::WHOLE as $key) {
            $given[$key] = $fit->whole($key);
            if (in_array($key, ['estimated', 'coefficients'], true) && $given[$key] > $count) {
                throw $fit->wrong($key, "is $given[$key]; it must be at most $count");
            }
        }
        $given['hasPrior'] = $fit->yesOrNo('has_prior');
        $has = $given['hasPrior']; // a group of a pool has no likelihood of its own
        $lacks = static fn (float $value, string $key): bool => is_nan($value) && ($has ? $key !== 'customers' : $key === 'condition');
        $fit->checkKnown($verdict, array_filter($figures, static fn (float $value, string $key): bool => !$lacks($value, $key), ARRAY_FILTER_USE_BOTH));
        $found = array_map($fit->figure(...), array_combine($beside, $beside));
        foreach ($each as $name) {
            $found[$name] = $fit->column($name, $count);
        }
        $fit->done();
        $report = new FitReport(...[
            'verdict' => Verdict::from((int) array_search($verdict, self::VERDICTS, true)),
            'explanation' => $explanation,
            'estimate' => $named($estimate),
            'kind' => $named($kinds),
            'level' => $level,
            ...$given,
        ]);
        return [$report, $found];
    }

    public function done(): void
    {
        foreach ($this->left as $name => $value) {
            throw $this->wrong((string) $name, 'is no key of a stored model');
        }
    }

    private function wrong(string $name, string $rule): ArgumentException
    {
        return new ArgumentException("$this->place$name $rule", 1);
    }

    private static function read(mixed $value, string $name): float
    {
        if ($value === null) {
            return NAN;
        }
        if ($value === 'infinity' || $value === '-infinity') {
            return $value === 'infinity' ? INF : -INF;
        }
        if (!is_int($value) && !is_float($value)) {
            $shown = is_string($value) ? "'$value'" : get_debug_type($value);
            throw new ArgumentException("$name is $shown; it must be a number, null, 'infinity' or '-infinity'", 1);
        }
        if (!is_finite((float) $value)) {
            throw new ArgumentException(
                "$name is $value; a number that does not exist is null, one that is infinite 'infinity'",
                1
            );
        }
        return (float) $value;
    }

    /**
     * @param list<float> $covariance
     * @param list<float> $errors
     */
    private function checkCovariance(string $verdict, array $covariance, array $errors): void
    {
        $count = count($errors);
        try {
            retain_fit_covariance(null, $covariance, $count);
        } catch (ArgumentException $refused) {
            throw new ArgumentException($this->place . $refused->getMessage(), 1);
        }
        foreach ($errors as $row => $error) {
            $at = $row * ($count + 1);
            $variance = $covariance[$at];
            if ($verdict === 'converged' && is_nan($variance)) {
                throw $this->wrong("covariance[$at]", 'is null; a fit that converged knows it');
            }
            $this->checkError($error, $variance, $row, $at);
        }
    }

    /** A standard error is the root of its variance. */
    public function checkError(float $error, float $variance, int $row, int $cell): void
    {
        if (!(is_nan($error) && is_nan($variance)) && !(abs($error ** 2 - $variance) <= 1e-9 * $variance)) {
            $root = self::shown(sqrt($variance));
            $rule = "; the square root of its variance, {$this->place}covariance[$cell], is $root";
            throw $this->wrong("standard_error[$row]", 'is ' . self::shown($error) . $rule);
        }
    }

    /** The level of intervals. */
    public function level(): float
    {
        $level = $this->figure('level');
        return $level > 0.0 && $level < 1.0 ? $level : throw $this->wrong('level', 'is ' . self::shown($level) . '; it must lie in (0, 1)');
    }

    /**
     * How each entry came about.
     *
     * @param list<mixed> $kinds
     * @param list<string> $possible
     */
    public function checkKinds(array $kinds, array $possible): void
    {
        foreach ($kinds as $row => $kind) {
            if (!in_array($kind, $possible, true)) {
                $shown = is_string($kind) ? "'$kind'" : get_debug_type($kind);
                throw $this->wrong("kind[$row]", "is $shown; it must be one of '" . implode("', '", $possible) . "'");
            }
        }
    }

    /**
     * Of each entry the lower limit is not above the upper one.
     *
     * @param array<array-key, float> $lows
     * @param array<array-key, float> $highs
     */
    public function checkLimits(string $low, array $lows, string $high, array $highs): void
    {
        foreach (array_map(null, array_values($lows), array_values($highs)) as $row => [$one, $other]) {
            if ($one > $other) {
                $rule = "it must not be above $this->place{$high}[$row], " . self::shown($other);
                throw $this->wrong("{$low}[$row]", 'is ' . self::shown($one) . "; $rule");
            }
        }
    }

    /**
     * A fit that converged knows its figures.
     *
     * @param array<string, float> $figures by key
     */
    public function checkKnown(string $verdict, array $figures): void
    {
        foreach ($verdict === 'converged' ? $figures : [] as $name => $value) {
            if (!is_finite($value)) {
                throw $this->wrong($name, 'is ' . self::shown($value) . '; a fit that converged knows it');
            }
        }
    }

    /** @return array{mixed, mixed} what outcomes 0 and 1 are called */
    public function classes(): array
    {
        $classes = $this->items('classes', 2);
        $kinds = array_unique(array_map(get_debug_type(...), $classes));
        if (count($kinds) > 1 || !is_scalar($classes[0]) || !($classes[0] < $classes[1])) {
            throw $this->wrong('classes', 'must be two numbers or two texts in rising order');
        }
        return $classes;
    }

    /**
     * A column of a name that one before has.
     *
     * @param array<array-key, mixed> $before by name
     */
    public function twice(int $at, string $name, array $before): ArgumentException
    {
        $other = array_search($name, array_map(strval(...), array_keys($before)), true);
        return $this->wrong("columns[$at].name", "is '$name', and so is that of columns[$other]");
    }
}
