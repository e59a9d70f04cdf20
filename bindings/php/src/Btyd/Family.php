<?php

declare(strict_types=1);

namespace Retain\Btyd;

/** A family of buy-till-you-die models. */
enum Family: int
{
    case ParetoNbd = 1;
    case BgNbd = 2;
    case MbgNbd = 3;
    case Nbd = 4;
    case BgCnbd = 5;
    case MbgCnbd = 6;
    case GgNbd = 7;
    case BgBb = 8;

    /** Its name in the literature, such as 'Pareto/NBD'. */
    public function label(): string
    {
        return retain_btyd_name($this->value);
    }

    /**
     * Names of its parameters, in the order of reports and gradients.
     *
     * @return list<string>
     */
    public function parameters(): array
    {
        $names = [];
        while (($name = retain_btyd_parameter($this->value, count($names))) !== '') {
            $names[] = $name;
        }
        return $names;
    }

    /** @return class-string<Model> the class of its models */
    public function model(): string
    {
        return match ($this) {
            self::ParetoNbd => ParetoNbd::class,
            self::BgNbd => BgNbd::class,
            self::MbgNbd => MbgNbd::class,
            self::Nbd => Nbd::class,
            self::BgCnbd => BgCnbd::class,
            self::MbgCnbd => MbgCnbd::class,
            self::GgNbd => GgNbd::class,
            self::BgBb => BgBb::class,
        };
    }
}
