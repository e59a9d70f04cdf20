<?php

declare(strict_types=1);

namespace Retain\Tests;

/** The stub for editors says what the extension is. */
final class StubTest extends TestCase
{
    private const STUB = __DIR__ . '/../../bindings/php/stubs/retain.stub.php';
    private const SHIMS = __DIR__ . '/../../bindings/shims/';

    public function testDeclaresTheFunctionsOfTheExtensionAndNoOthers(): void
    {
        $there = array_keys((new \ReflectionExtension('retain'))->getFunctions());
        $declared = array_keys(RawCalls::declared());
        sort($there);
        sort($declared);
        self::assertSame($there, $declared);
    }

    public function testDeclaresTheTypesOfEveryParameterAndResult(): void
    {
        $stub = file_get_contents(self::STUB);
        foreach (RawCalls::declared() as $function => $parameters) {
            $reflection = new \ReflectionFunction($function);
            $types = array_map(static fn ($parameter): string => self::sorted((string) $parameter->getType()), $reflection->getParameters());
            self::assertSame($types, array_map(self::sorted(...), array_values($parameters)), $function);
            preg_match("/function $function\\([^)]*\\): (\\w+) \\{\\}/", $stub, $part);
            self::assertSame((string) $reflection->getReturnType(), $part[1], $function);
        }
    }

    /** The extension calls its parameters $arg1, $arg2 ...; the names are those of the C shims, which are in its sentences. */
    public function testNamesParametersAsTheShimsDo(): void
    {
        $shims = implode('', array_map('file_get_contents', glob(self::SHIMS . '*.h')));
        foreach (RawCalls::declared() as $function => $parameters) {
            $shim = substr($function, strlen('retain_'));
            self::assertSame(1, preg_match("/^static [\\w *]+?\\b$shim\\(([^)]*)\\)\\n/m", $shims, $part), $function);
            preg_match_all('/([\w ]+[ *]+)(\w+)(?:,|$)/', $part[1], $names, PREG_SET_ORDER);
            $names = array_values(array_filter($names, static fn (array $name): bool => !str_starts_with(trim($name[1]), 'record')));
            $names = array_map(static fn (array $name): string => $name[2] === 'ctx' ? 'context' : $name[2], $names);
            self::assertSame($names === ['void'] ? [] : $names, array_keys($parameters), $function);
        }
    }

    public function testDeclaresTheClassesOfTheExtension(): void
    {
        $stub = file_get_contents(self::STUB);
        foreach ((new \ReflectionExtension('retain'))->getClasses() as $class) {
            if (!str_starts_with($class->getName(), 'Retain\\')) {
                continue;
            }
            $name = $class->getShortName();
            $whole = "/class $name (?:extends|implements)[^{]*\\{(.*?)^    \\}|class $name extends [^{]*\\{\\}/ms";
            self::assertSame(1, preg_match($whole, $stub, $body), $name);
            foreach ($class->getMethods() as $method) {
                if ($method->getDeclaringClass()->getName() === $class->getName()) {
                    $one = '/function ' . $method->getName() . '\((.*?)\)(?:: (\S+))? \{\}/';
                    self::assertSame(1, preg_match($one, $body[1], $declared), $method->getName());
                    $parameters = array_map(
                        static fn ($parameter): string => self::sorted((string) $parameter->getType()) . ' $' . $parameter->getName()
                            . ($parameter->isOptional() ? ' = null' : ''),
                        $method->getParameters()
                    );
                    $written = $declared[1] === '' ? [] : array_map(self::sorted(...), explode(', ', $declared[1]));
                    self::assertSame($parameters, $written, $method->getName());
                    self::assertSame(self::sorted((string) $method->getReturnType()), self::sorted($declared[2] ?? ''), $method->getName());
                }
            }
            foreach ($class->getProperties() as $property) {
                if ($property->getDeclaringClass()->getName() === $class->getName()) {
                    self::assertStringContainsString("public {$property->getType()} \${$property->getName()} = null;", $body[1]);
                }
            }
        }
    }

    /** A type, with what follows it, in one order and without namespaces. */
    private static function sorted(string $type): string
    {
        $words = explode(' ', str_replace(['Retain\\', '\\'], '', $type), 2);
        $parts = explode('|', $words[0]);
        sort($parts);
        return implode(' ', [implode('|', $parts), ...array_slice($words, 1)]);
    }
}
