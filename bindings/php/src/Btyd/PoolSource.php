<?php

declare(strict_types=1);

namespace Retain\Btyd;

/** Whose data a group's model is made of, after the parameter that is shrunk least. */
enum PoolSource: int
{
    /** No customers: the population model. */
    case NewGroup = 0;

    /** Nearly the population model: shrinkage of at least 0.9 in every parameter. */
    case Population = 1;

    /** The population and its own customers. */
    case Both = 2;

    /** In some parameter nearly its own data alone: shrinkage below 0.1. */
    case Own = 3;

    /** In words, such as "its own and the population's". */
    public function label(): string
    {
        return retain_btyd_pool_source_name($this->value);
    }
}
