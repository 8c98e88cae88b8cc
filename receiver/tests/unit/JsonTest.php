<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\BodyError;
use Chekpost\Json;
use PHPUnit\Framework\TestCase;
use stdClass;

final class JsonTest extends TestCase
{
    public function testTellsListsFromObjects(): void
    {
        $value = Json::object('{"a": {}, "b": [], "c": 1, "d": 1.0}');
        self::assertInstanceOf(stdClass::class, $value->a);
        self::assertSame([[], 1, 1.0], [$value->b, $value->c, $value->d]);
    }

    /** @dataProvider refused */
    public function testRefuses(string $text): void
    {
        $this->expectException(BodyError::class);
        Json::object($text);
    }

    /** @return array<string, array{string}> */
    public function refused(): array
    {
        return [
            'nothing' => [''],
            'a list' => ['[]'],
            'null' => ['null'],
            'a text' => ['"a"'],
            'two values' => ['{} {}'],
            'a trailing comma' => ['{"a":1,}'],
            'a comment' => ['{"a":1/**/}'],
            'single quotes' => ["{'a':1}"],
            'NaN' => ['{"a":NaN}'],
            'a leading nought' => ['{"a":01}'],
            'bytes that are not UTF-8' => ["{\"a\":\"\xff\"}"],
            'an overlong encoding' => ["{\"a\":\"\xc0\xaf\"}"],
            'a surrogate in UTF-8' => ["{\"a\":\"\xed\xa0\x80\"}"],
            'half a pair' => ['{"a":"\ud800"}'],
            'a raw line break in a text' => ["{\"a\":\"\n\"}"],
            'a byte order mark' => ["\xef\xbb\xbf{}"],
            'a name of PHP itself' => ['{"\u0000a":1}'],
            'deeper than 32' => [str_repeat('{"a":', 33) . '1' . str_repeat('}', 33)],
            'a name twice' => ['{"a":1,"b":2,"a":3}'],
            'a name twice, written differently' => ['{"ab":1,"a\u0062":3}'],
            'a name twice deep inside' => ['{"a":[{"b":{"c":1,"c":1}}]}'],
        ];
    }

    /** @dataProvider accepted */
    public function testAccepts(string $text): void
    {
        self::assertInstanceOf(stdClass::class, Json::object($text));
    }

    /** @return array<string, array{string}> */
    public function accepted(): array
    {
        return [
            'one name in two objects' => ['{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":1}],"x":1}'],
            'a name in a text' => ['{"a":"\"a\":1,","b":"{\"a\":"}'],
            'a name and a value alike' => ['{"a":"a","b":["b","b"]}'],
            'names that PHP takes for numbers' => ['{"1":1,"01":2,"":3}'],
            'names of different case' => ['{"a":1,"A":2}'],
            'long texts' => ['{"a":"' . str_repeat('Ж\\\\', 100000) . '"}'],
            'depth 31' => [str_repeat('{"a":', 31) . '1' . str_repeat('}', 31)],
        ];
    }
}
