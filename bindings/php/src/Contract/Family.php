<?php

declare(strict_types=1);

namespace Retain\Contract;

/** A family of contract models. */
enum Family: int
{
    case Sbg = 1;
    case Bdw = 2;

    /** Its name in the literature, such as 'sBG'. */
    public function label(): string
    {
        return retain_contract_name($this->value);
    }

    /**
     * Names of its parameters, in the order of reports and gradients.
     *
     * @return list<string>
     */
    public function parameters(): array
    {
        $names = [];
        while (($name = retain_contract_parameter($this->value, count($names))) !== '') {
            $names[] = $name;
        }
        return $names;
    }

    /** @return class-string<Model> the class of its models */
    public function model(): string
    {
        return match ($this) {
            self::Sbg => Sbg::class,
            self::Bdw => Bdw::class,
        };
    }
}
