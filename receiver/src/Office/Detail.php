<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** What the audit trail holds beside the action, as a short text. */
final class Detail
{
    private const MOST = 200;
    private const NAMES = ['note' => 'пометка', 'state' => 'стало', 'tried' => 'повторено', 'booked' => 'проведено',
        'ignored' => 'ничего не движут', 'rest' => 'осталось', 'id' => 'касса', 'store' => 'магазин',
        'returns' => 'склад возвратов', 'enabled' => 'включена', 'secrets' => 'отпечатки секретов', 'kind' => 'вид',
        'code' => 'код', 'productId' => 'товар', 'factor' => 'коэффициент', 'written' => 'записано',
        'wrong' => 'с ошибками', 'suspect' => 'подозрение', 'order' => 'заказ', 'ledgerId' => 'журнал',
        'host' => 'адрес', 'place' => 'место', 'installed' => 'установлен на', 'booking' => 'способ',
        'belowZero' => 'продажа в минус', 'name' => 'имя', 'sentence' => 'слова', 'from' => 'был', 'to' => 'стал',
        'subject' => 'тема', 'error' => 'ошибка', 'what' => 'что', 'first' => 'первая касса', 'body' => 'чек',
        'ownerMail' => 'почта', 'tradingHours' => 'часы торговли', 'articleProperty' => 'свойство с артикулом',
        'clearTagCache' => 'сброс кеша', 'userId' => 'технический пользователь', 'responsibleId' => 'ответственный'];

    /** @param string $json as it is kept; what is no JSON is shown as it stands */
    public static function text(string $action, string $json): string
    {
        $detail = json_decode($json, true);
        if (!is_array($detail)) {
            return self::cut($json);
        }
        $parts = [];
        foreach ($detail as $name => $value) {
            $spoken = self::spoken((string) $name, $value);
            if ($spoken !== '') {
                $parts[] = self::name($action, (string) $name) . ': ' . $spoken;
            }
        }
        return self::cut(implode(', ', $parts));
    }

    private static function name(string $action, string $name): string
    {
        // A register's store is where its goods lie; elsewhere it is the shop.
        return $name === 'store' && strncmp($action, 'register', 8) === 0 ? 'склад' : self::NAMES[$name] ?? $name;
    }

    /** @param mixed $value */
    private static function spoken(string $name, $value): string
    {
        if (is_bool($value)) {
            return $value ? 'да' : 'нет';
        }
        if (is_array($value)) {
            return implode(' ', array_map(static fn ($one): string => self::spoken('', $one), $value));
        }
        if (!is_scalar($value)) {
            return $name === 'productId' ? 'не ведётся' : '';
        }
        $words = ['state' => [Words::class, 'state'], 'kind' => [Words::class, 'kind']];
        $ways = ['documents' => 'складские документы', 'quantity' => 'без складского учёта'];
        if ($name === 'booking') {
            return $ways[$value] ?? (string) $value;
        }
        return isset($words[$name]) ? $words[$name]((string) $value) : (string) $value;
    }

    private static function cut(string $text): string
    {
        return mb_strlen($text) > self::MOST ? mb_substr($text, 0, self::MOST) . '…' : $text;
    }
}
