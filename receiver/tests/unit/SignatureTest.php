<?php

declare(strict_types=1);

namespace Chekpost\Tests;

use Chekpost\Signature;
use PHPUnit\Framework\TestCase;

final class SignatureTest extends TestCase
{
    /**
     * @dataProvider vectors
     * @param list<string> $secrets
     */
    public function testJudgesTheCasesOfBothSides(
        array $secrets,
        string $id,
        string $timestamp,
        string $body,
        int $now,
        string $given,
        bool $isGenuine
    ): void {
        self::assertSame($isGenuine, Signature::isGenuine($secrets, $id, $timestamp, $given, $body, $now));
    }

    /** @return array<string, array{list<string>, string, string, string, int, string, bool}> */
    public function vectors(): array
    {
        $file = dirname(__DIR__, 3) . '/test/fixtures/webhook-signature.json';
        $cases = [];
        foreach (json_decode((string) file_get_contents($file), true)['cases'] as $case) {
            $cases[$case['why']] = [
                $case['secrets'],
                $case['id'],
                (string) $case['timestamp'],
                $case['body'],
                $case['now'],
                $case['signatureHeader'],
                $case['expect'] === 'ok',
            ];
        }
        return $cases;
    }

    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    private const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    private const TIME = 1614265330;
    private const BODY = '{"test": 2432232314}';
    private const GIVEN = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

    private function judge(string $given, int $now = self::TIME, array $secrets = [self::SECRET]): bool
    {
        return Signature::isGenuine($secrets, self::ID, (string) self::TIME, $given, self::BODY, $now);
    }

    public function testOneOfSeveralSignaturesIsEnough(): void
    {
        self::assertTrue($this->judge('v1,AAAA v2,BBBB ' . self::GIVEN));
        self::assertTrue($this->judge(self::GIVEN . ' v1,AAAA'));
        self::assertFalse($this->judge('v1a,' . substr(self::GIVEN, 3)));
    }

    public function testManySignaturesAreNotLookedAt(): void
    {
        self::assertFalse($this->judge(str_repeat('v1,AAAA ', 8) . self::GIVEN));
    }

    public function testFiveMinutesEitherWayAreFresh(): void
    {
        foreach ([-301 => false, -300 => true, 300 => true, 301 => false] as $away => $isFresh) {
            self::assertSame($isFresh, $this->judge(self::GIVEN, self::TIME + $away), "$away seconds");
        }
    }

    /** @dataProvider times */
    public function testTimeIsWholeSeconds(string $time): void
    {
        self::assertFalse(Signature::isFresh($time, 5));
    }

    /** @return list<array{string}> */
    public function times(): array
    {
        return [[''], ['-5'], ['5.0'], [' 5'], ["5\n"], ['0x5'], ['5e0'], ['9999999999999']];
    }

    /**
     * @dataProvider noSecrets
     * @param list<string> $secrets
     */
    public function testNoSecretFitsNothing(array $secrets): void
    {
        self::assertFalse($this->judge(self::GIVEN, self::TIME, $secrets));
        foreach ($secrets === [] ? [''] : $secrets as $secret) {
            $key = (string) base64_decode(substr($secret, 6), true);
            $mac = hash_hmac('sha256', self::ID . '.' . self::TIME . '.' . self::BODY, $key, true);
            self::assertFalse($this->judge('v1,' . base64_encode($mac), self::TIME, $secrets));
        }
    }

    /** @return list<array{list<string>}> */
    public function noSecrets(): array
    {
        return [[[]], [['']], [['whsec_']], [['whsec_YQ==']], [['whsec_***']], [['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']]];
    }

    public function testTheSecretOfNobodyOpensNothing(): void
    {
        $key = str_repeat("\0", 32);
        $mac = hash_hmac('sha256', self::ID . '.' . self::TIME . '.' . self::BODY, $key, true);
        self::assertFalse($this->judge('v1,' . base64_encode($mac), self::TIME, []));
    }
}
