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

    /** @var array<string, mixed> */
    private array $left;

    public function __construct(mixed $given, private readonly string $place = '')
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
        return [$stored, $stored->text('family', $families)];
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
        return new self($this->take($name), "$this->place$name.");
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
        return self::read($this->take($name), $this->place . $name);
    }

    /** A number that exists and is finite. */
    public function known(string $name): float
    {
        $value = $this->figure($name);
        if (!is_finite($value)) {
            throw $this->wrong($name, 'is ' . (is_nan($value) ? 'null' : $value) . '; it must be a finite number');
        }
        return $value;
    }

    public function whole(string $name): int
    {
        $value = $this->figure($name);
        if (!($value >= 0.0 && $value <= 2.0 ** 53 && $value === floor($value))) {
            throw $this->wrong($name, sprintf('is %.17G; it must be a whole number', $value));
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
        return array_map(static fn (mixed $value, int $row): float => self::read($value, "{$place}[$row]"), $values, array_keys($values));
    }

    /**
     * @param list<string> $names
     * @return array<string, float> by name, in this order
     */
    public function parameters(array $names): array
    {
        $part = $this->part('parameters');
        $found = array_map($part->known(...), array_combine($names, $names));
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
        $columns = $this->items('columns');
        if (count($columns) < $least || count($columns) > $most) {
            throw $this->wrong('columns', 'has ' . count($columns) . " entries; it must have $least to $most");
        }
        $found = [[], []];
        foreach ($columns as $j => $each) {
            $column = new self($each, "columns[$j].");
            $name = $column->text('name');
            if (array_key_exists($name, $found[0])) {
                throw $this->wrong("columns[$j].name", "is '$name', and so is that of another column");
            }
            $found[0][$name] = $column->known('coefficient');
            $found[1][$name] = $column->known('reference');
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
     * @return ?array{FitReport, array<string, mixed>}
     */
    public function fit(array $entries, array $estimate, array $beside = [], array $each = []): ?array
    {
        if ($this->isNull('fit')) {
            return null;
        }
        $fit = $this->part('fit');
        $count = count($entries);
        $verdict = $fit->text('verdict', self::VERDICTS);
        $explanation = $fit->text('explanation');
        if ($fit->items('entries') !== $entries) {
            throw $fit->wrong('entries', 'must be ' . implode(', ', $entries));
        }
        $kinds = $fit->items('kind', $count);
        foreach ($kinds as $row => $kind) {
            if (!in_array($kind, self::KINDS, true)) {
                $shown = is_string($kind) ? "'$kind'" : get_debug_type($kind);
                throw $fit->wrong("kind[$row]", "is $shown; it must be one of '" . implode("', '", self::KINDS) . "'");
            }
        }
        $level = $fit->figure('level');
        if (!($level > 0.0 && $level < 1.0)) {
            throw $fit->wrong('level', sprintf('is %.17G; it must lie in (0, 1)', $level));
        }
        $named = static fn (array $values): array => array_combine($entries, $values);
        foreach (self::COLUMNS as $key => $property) {
            $given[$property] = $named($fit->column($key, $count));
        }
        foreach ($entries as $row => $entry) {
            if ($given['low'][$entry] > $given['high'][$entry]) {
                $said = sprintf('is %G; it must not be above fit.high[%d], %G', $given['low'][$entry], $row, $given['high'][$entry]);
                throw $fit->wrong("low[$row]", $said);
            }
        }
        $covariance = $fit->column('covariance', $count * $count);
        $fit->checkCovariance($verdict, $covariance, array_values($given['standardError']));
        $given['covariance'] = $named(array_map($named, Columns::square($covariance, $count)));
        foreach (self::NUMBERS as $key => $property) {
            $given[$property] = $fit->figure($key);
        }
        if ($given['customers'] < 0.0) {
            throw $fit->wrong('customers', sprintf('is %G; it must be at least 0', $given['customers']));
        }
        foreach (self::WHOLE as $key) {
            $given[$key] = $fit->whole($key);
        }
        $given['hasPrior'] = $fit->yesOrNo('has_prior');
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
            $ofVariance = $error >= 0.0 && abs($error ** 2 - $variance) <= 1e-9 * $variance;
            if (!(is_nan($error) && is_nan($variance)) && !$ofVariance) {
                throw $this->wrong(
                    "standard_error[$row]",
                    sprintf("is %G; the square root of its variance, {$this->place}covariance[$at], is %G", $error, sqrt($variance))
                );
            }
        }
    }
}
