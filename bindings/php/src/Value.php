<?php

declare(strict_types=1);

namespace Retain;

/**
 * What the value classes of this library have in common: they can be turned into arrays and JSON.
 *
 * @internal
 */
abstract readonly class Value implements \JsonSerializable
{
    /**
     * The public properties by name.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $values = [];
        foreach ((new \ReflectionObject($this))->getProperties(\ReflectionProperty::IS_PUBLIC) as $property) {
            $value = $property->getValue($this);
            $values[$property->getName()] = match (true) {
                $value instanceof self => $value->toArray(),
                $value instanceof Column => $value->toArray(),
                $value instanceof \BackedEnum => $value->name,
                default => $value,
            };
        }
        return $values;
    }

    /**
     * The same, with null for numbers that do not exist: JSON knows neither NaN nor infinity.
     *
     * @return array<string, mixed>
     */
    public function jsonSerialize(): array
    {
        return array_map(Columns::forJson(...), $this->toArray());
    }
}
