<?php

declare(strict_types=1);

namespace Chekpost;

use JsonException;
use stdClass;

/** Strict reading of JSON: what two readers could understand differently is refused. */
final class Json
{
    private const DEPTH = 32;

    /** Objects stay objects, so that `{}` and `[]` are told apart; numbers that are not whole stay floats. */
    public static function object(string $text): stdClass
    {
        try {
            $value = json_decode($text, false, self::DEPTH, JSON_THROW_ON_ERROR);
        } catch (JsonException $error) {
            throw new BodyError('json', 'Тело запроса не разбирается как JSON: ' . $error->getMessage());
        }
        if (!$value instanceof stdClass) {
            throw new BodyError('json', 'Тело запроса должно быть объектом JSON');
        }
        self::refuseTwins($text);
        return $value;
    }

    /** RFC 8259 section 4: of two members with one name every reader takes another. `$text` is valid JSON. */
    private static function refuseTwins(string $text): void
    {
        preg_match_all('/"(?:[^"\\\\]++|\\\\.)*+"|[{}\[\],:]/s', $text, $found);
        $open = [];
        $names = [];
        $tokens = $found[0];
        foreach ($tokens as $at => $token) {
            $depth = count($open);
            if ($token === '{' || $token === '[') {
                $open[] = $token;
                $names[$depth + 1] = [];
            } elseif ($token === '}' || $token === ']') {
                array_pop($open);
            } elseif ($token[0] === '"' && ($tokens[$at + 1] ?? '') === ':') {
                $name = (string) json_encode(json_decode($token));
                if (isset($names[$depth][$name])) {
                    throw new BodyError('json', "Поле $name встречается в объекте дважды");
                }
                $names[$depth][$name] = true;
            }
        }
    }
}
