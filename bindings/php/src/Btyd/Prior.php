<?php

declare(strict_types=1);

namespace Retain\Btyd;

use Retain\Columns;
use Retain\Exception\ArgumentException;

/**
 * A normal prior of a fit: what is known before the customers are looked at. It counts like a fixed number of customers, so it
 * helps where there are few.
 */
final readonly class Prior
{
    /**
     * @param float $parameters standard deviation of the logarithms of the parameters, in (0, 10]; 0 for none. 1 to 2 say: within a
     *        factor of about 50 of the centre. With covariates these are the parameters of the average customer
     * @param float $coefficients standard deviation of the coefficients, whose mean is 0, times the scale of their covariate: the
     *        difference of its two values, or two standard deviations where it has more (Gelman et al. 2008); 0 for none
     * @param ?array<string, float> $centre of the parameters by name; by default 1 for shapes, and the mean age T for rates in units
     *        of time
     */
    public function __construct(
        public float $parameters = 0.0,
        public float $coefficients = 0.0,
        public ?array $centre = null,
    ) {
        foreach (['parameters' => $parameters, 'coefficients' => $coefficients] as $name => $sd) {
            if (!($sd >= 0.0 && $sd <= 10.0)) {
                throw new ArgumentException(sprintf('%s is %.15G; it must lie in [0, 10] (0: no prior)', $name, $sd), 1);
            }
        }
    }

    /**
     * @internal
     * @param list<string> $names of the parameters
     * @return ?list<float>
     */
    public function centreOf(array $names): ?array
    {
        if ($this->centre === null) {
            return null;
        }
        if (count($this->centre) !== count($names) || array_diff($names, array_keys($this->centre)) !== []) {
            throw new ArgumentException('centre must name ' . implode(', ', $names), 1);
        }
        $read = static fn (mixed $value, string $name): float => Columns::positive(Columns::number($value, "centre['$name']"), "centre['$name']");
        return array_map(fn (string $name): float => $read($this->centre[$name], $name), $names);
    }
}
