<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\BodyError;
use Chekpost\Json;
use Chekpost\Sale;
use Chekpost\SaleBody;
use PHPUnit\Framework\TestCase;
use stdClass;

/** The check of the body against docs/webhook.schema.json: every fixture changed by every rule of the schema. */
final class SaleBodyTest extends TestCase
{
    private const FIXTURES = __DIR__ . '/../../../test/fixtures/sales/';
    private const SCHEMA = __DIR__ . '/../../../docs/webhook.schema.json';

    /** @return array<string, array{string}> */
    public function fixtures(): array
    {
        $cases = [];
        foreach ((array) glob(self::FIXTURES . '*.json') as $file) {
            $cases[basename((string) $file, '.json')] = [(string) file_get_contents((string) $file)];
        }
        return $cases;
    }

    /** @dataProvider fixtures */
    public function testReadsEveryBodyOfTheAgent(string $text): void
    {
        $body = json_decode($text, true);
        $sale = SaleBody::read(Json::object($text));
        self::assertSame($body['eventId'], $sale->key);
        self::assertSame($body['register']['id'], $sale->registerId);
        self::assertCount(count($body['lines'] ?? []), $sale->lines);
        foreach ($sale->lines as $at => $line) {
            self::assertSame($body['lines'][$at]['quantity'], $line->quantity);
            self::assertSame($body['lines'][$at]['move'], $line->move);
            self::assertSame($body['lines'][$at]['unit'], $line->unit);
        }
    }

    /** @dataProvider fixtures */
    public function testAnUnknownFieldAnywhereIsIgnored(string $text): void
    {
        $body = Json::object($text);
        $this->eachPlace($body, static function (stdClass $object): void {
            $object->novelty = 0.5;
        });
        self::assertSame(SaleBody::read(Json::object($text))->key, SaleBody::read($body)->key);
    }

    /** @dataProvider fixtures */
    public function testRefusesWhatTheSchemaRefuses(string $text): void
    {
        $schema = $this->schemaOf(Json::object($text));
        $tried = 0;
        foreach ($this->breaches($schema, '') as [$path, $value]) {
            $body = Json::object($text);
            if (!$this->put($body, $path, $value)) {
                continue;
            }
            $tried++;
            try {
                SaleBody::read($body);
                self::fail("$path = " . json_encode($value) . ' was accepted');
            } catch (BodyError $error) {
                self::assertNotSame('', $error->getMessage());
            }
        }
        self::assertGreaterThan(60, $tried);
    }

    /** @dataProvider fixtures */
    public function testTakesNullWhereTheSchemaDoes(string $text): void
    {
        foreach ($this->nullables($this->schemaOf(Json::object($text)), '') as $path) {
            $body = Json::object($text);
            if ($this->put($body, $path, null)) {
                self::assertInstanceOf(Sale::class, SaleBody::read($body), $path);
            }
        }
    }

    /** @dataProvider identities */
    public function testRefusesASecondNameOfADocument(string $find, string $put, string $error): void
    {
        $text = (string) file_get_contents(self::FIXTURES . 'sale.json');
        try {
            SaleBody::read(Json::object(str_replace($find, $put, $text)));
            self::fail('was accepted');
        } catch (BodyError $refusal) {
            self::assertSame($error, $refusal->error);
        }
    }

    /** @return list<array{string, string, string}> */
    public function identities(): array
    {
        return [
            ['"FN9285000100150175-FD37698"', '"FN9285000100150175-FD037698"', 'key'],
            ['"FN9285000100150175-FD37698"', '"FN9285000100150176-FD37698"', 'key'],
            ['"fd": 37698', '"fd": 4294967296', 'schema'],
            ['"store": "shop-12"', '"store": "shop-13"', 'store'],
            ['"eventId": "FN9285000100150175-FD37698"', '"eventId": "FN9285000100150175-FD37698\n"', 'schema'],
        ];
    }

    public function testATimeHasNoMoreDecimalsThanTheLedgerKeeps(): void
    {
        $text = (string) file_get_contents(self::FIXTURES . 'sale.json');
        $body = Json::object($text);
        $body->occurredAt = '2019-12-15T17:20:00.123456+03:00';
        self::assertSame($body->occurredAt, SaleBody::read($body)->occurredAt);
        $body->occurredAt = '2019-12-15T17:20:00.1234567+03:00';
        $this->expectException(BodyError::class);
        SaleBody::read($body);
    }

    public function testTheFingerprintHoldsTheFactsAndNothingElse(): void
    {
        $text = (string) file_get_contents(self::FIXTURES . 'sale.json');
        $same = ['"price": 2599' => '"price": 1', '"serial": "0141870012176301"' => '"serial": null'];
        $other = [
            '"fpd": "400388056"' => '"fpd": "400388057"',
            '"operation": 1' => '"operation": 2',
            '"rawTime": "2019-12-15T17:20:00"' => '"rawTime": "2019-12-15T17:20:01"',
            '"total": 2599' => '"total": 2598',
        ];
        $print = static fn (string $body): string => SaleBody::read(Json::object($body))->fingerprint();
        foreach ($same + $other as $find => $put) {
            self::assertStringContainsString($find, $text);
            self::assertSame(isset($same[$find]), $print($text) === $print(str_replace($find, $put, $text)), $find);
        }
    }

    /** The variant of the schema that the body is of. @return array<string, mixed> */
    private function schemaOf(stdClass $body): array
    {
        $schema = json_decode((string) file_get_contents(self::SCHEMA), true);
        foreach ($schema['anyOf'] as $variant) {
            $type = $variant['properties']['type'];
            if (in_array($body->type, $type['enum'] ?? [$type['const']], true)) {
                return $variant;
            }
        }
        self::fail('no schema for ' . $body->type);
    }

    /**
     * Values that the schema forbids, each with its place; absence is the object `$this`.
     *
     * @param array<string, mixed> $schema
     * @return iterable<array{string, mixed}>
     */
    private function breaches(array $schema, string $path): iterable
    {
        foreach (self::alternatives($schema) as $each) {
            foreach ($each['properties'] ?? [] as $name => $inner) {
                yield ["$path/$name", $this];
                yield from $this->breaches($inner, "$path/$name");
            }
            if (isset($each['items'])) {
                yield from $this->breaches($each['items'], "$path/0");
            }
            if (isset($each['pattern']) || isset($each['enum']) || isset($each['const'])) {
                yield [$path, 'no such value'];
                yield [$path, ''];
            }
            if (isset($each['minimum'])) {
                yield [$path, $each['minimum'] - 1];
            }
            if (isset($each['maximum'])) {
                yield [$path, $each['maximum'] + 1];
            }
        }
        $types = self::types($schema);
        $samples = [
            'string' => ['text'], 'integer' => [1], 'null' => [null], 'object' => [new stdClass()], 'array' => [[]],
            'number' => [1.0, 1.5, 1e30], 'boolean' => [true, false],
        ];
        foreach ($samples as $type => $values) {
            foreach (in_array($type, $types, true) ? [] : $values as $value) {
                yield [$path, $value];
            }
        }
    }

    /**
     * @param array<string, mixed> $schema
     * @return iterable<string>
     */
    private function nullables(array $schema, string $path): iterable
    {
        if (in_array('null', self::types($schema), true)) {
            yield $path;
        }
        foreach (self::alternatives($schema) as $each) {
            foreach ($each['properties'] ?? [] as $name => $inner) {
                yield from $this->nullables($inner, "$path/$name");
            }
            if (isset($each['items'])) {
                yield from $this->nullables($each['items'], "$path/0");
            }
        }
    }

    /**
     * @param array<string, mixed> $schema
     * @return list<array<string, mixed>>
     */
    private static function alternatives(array $schema): array
    {
        $found = [];
        foreach ($schema['anyOf'] ?? [] as $each) {
            array_push($found, ...self::alternatives($each));
        }
        return $found === [] ? [$schema] : $found;
    }

    /**
     * @param array<string, mixed> $schema
     * @return list<string>
     */
    private static function types(array $schema): array
    {
        $types = [];
        foreach (self::alternatives($schema) as $each) {
            array_push($types, ...(array) ($each['type'] ?? []));
        }
        return $types;
    }

    /** @param mixed $value the test itself: take the field away */
    private function put(stdClass $body, string $path, $value): bool
    {
        $names = explode('/', ltrim($path, '/'));
        $last = array_pop($names);
        $place = $body;
        foreach ($names as $name) {
            $place = is_array($place) ? ($place[(int) $name] ?? null) : ($place->$name ?? null);
            if ($place === null) {
                return false;
            }
        }
        if (is_array($place) || $last === '') {
            return false;
        }
        if ($value === $this) {
            unset($place->$last);
        } else {
            $place->$last = $value;
        }
        return true;
    }

    /** @param mixed $value */
    private function eachPlace($value, callable $do): void
    {
        foreach (is_array($value) || $value instanceof stdClass ? (array) $value : [] as $inner) {
            $this->eachPlace($inner, $do);
        }
        if ($value instanceof stdClass) {
            $do($value);
        }
    }
}
