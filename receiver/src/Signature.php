<?php

declare(strict_types=1);

namespace Chekpost;

/** Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, on the bytes as they came. */
final class Signature
{
    public const TOLERANCE_SECONDS = 300;
    /** More signatures than this are not looked at: an honest sender has one for each of its secrets. */
    private const MOST_GIVEN = 8;
    /** Checked against when the register is unknown, so that the answer takes as long. */
    private const NOBODY = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';

    /**
     * @param list<string> $secrets `whsec_…`; none: the register is unknown, and nothing fits
     */
    public static function isGenuine(
        array $secrets,
        string $id,
        string $timestamp,
        string $given,
        string $body,
        int $now
    ): bool {
        $signatures = array_slice(explode(' ', $given), 0, self::MOST_GIVEN);
        $fits = false;
        foreach ($secrets === [] ? [self::NOBODY] : $secrets as $secret) {
            $key = self::key($secret);
            $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
            foreach ($signatures as $signature) {
                // No early way out: how long it takes tells nothing.
                $fits = hash_equals($expected, $signature) && $key !== '' || $fits;
            }
        }
        return $fits && $secrets !== [] && self::isFresh($timestamp, $now);
    }

    public static function isFresh(string $timestamp, int $now): bool
    {
        return preg_match('/\A\d{1,12}\z/', $timestamp) === 1
            && abs($now - (int) $timestamp) <= self::TOLERANCE_SECONDS;
    }

    /** The bytes behind `whsec_`; empty for what is no secret, and then nothing fits. */
    private static function key(string $secret): string
    {
        if (strncmp($secret, 'whsec_', 6) !== 0) {
            return '';
        }
        $key = base64_decode(substr($secret, 6), true);
        return $key === false || strlen($key) < 24 ? '' : $key;
    }
}
