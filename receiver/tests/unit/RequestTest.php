<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Door;
use Chekpost\Request;
use PHPUnit\Framework\TestCase;

final class RequestTest extends TestCase
{
    /** @dataProvider hosts */
    public function testTheHostIsInLowerCaseWithoutTheUsualPort(string $header, string $host): void
    {
        self::assertSame($host, (new Request('POST', ['host' => $header], ''))->host());
    }

    /** @return list<array{string, string}> */
    public function hosts(): array
    {
        return [
            ['Shop.Example', 'shop.example'], ['shop.example:443', 'shop.example'], ['shop.example:80', 'shop.example'],
            ['shop.example:8443', 'shop.example:8443'], ['shop.example:4430', 'shop.example:4430'], ['', ''],
            ['[::1]:80', '[::1]'],
        ];
    }

    /** @dataProvider knocks */
    public function testTheCheapRefusalsComeInTheirOrder(?int $status, Request $request): void
    {
        $answer = Door::knock($request);
        self::assertSame($status, $answer === null ? null : $answer->status);
    }

    /** @return list<array{?int, Request}> */
    public function knocks(): array
    {
        $json = ['content-type' => 'application/json'];
        $big = str_repeat('x', Door::BODY_LIMIT + 1);
        return [
            [405, new Request('GET', [], $big)],
            [405, new Request('post', $json, '')],
            [415, new Request('POST', [], $big)],
            [415, new Request('POST', ['content-type' => 'application/jsonp'], '')],
            [413, new Request('POST', $json, $big)],
            [413, new Request('POST', $json + ['content-length' => '999999999'], '')],
            [null, new Request('POST', $json, substr($big, 1))],
            [null, new Request('POST', ['content-type' => 'APPLICATION/JSON;charset=utf-8'], '')],
        ];
    }

    public function testAHeaderIsFoundHoweverItIsWrittenAndAbsentIsEmpty(): void
    {
        $request = new Request('POST', ['webhook-id' => ' a '], '');
        self::assertSame(['a', ''], [$request->header('Webhook-Id'), $request->header('other')]);
    }
}
