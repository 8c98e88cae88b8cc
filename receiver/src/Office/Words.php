<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** Russian words for what the tables hold in English, and numbers as people write them. */
final class Words
{
    private const KINDS = ['gtin' => 'GTIN', 'ean' => 'штрихкод', 'article' => 'артикул', 'name' => 'название'];

    private const REASONS = [
        'no-store' => 'касса не привязана к складу',
        'unknown-product' => 'товар не найден',
        'ambiguous-product' => 'код подходит нескольким товарам',
        'wrong-product-type' => 'это не простой товар и не предложение',
        'unit-mismatch' => 'единицы не совпадают',
        'insufficient' => 'на складе не хватает',
        'review' => 'строку должен решить человек',
        'may-be-site-order' => 'возможно, это заказ с сайта',
        'site-order-found' => 'найден такой же заказ сайта',
        'correction' => 'чек коррекции',
        'trial' => 'пробный режим',
        'refused' => 'Битрикс отказал',
        'failed' => 'ошибка трижды подряд',
        'half-booked' => 'проведение прервалось',
        'bad-quantity' => 'негодное количество',
        'set-broken' => 'состав комплекта неверен',
        'inactive-store' => 'склад отключён',
    ];

    private const STATES = ['booked' => 'проведён', 'parked' => 'отложен', 'ignored' => 'ничего не движет',
        'dismissed' => 'закрыт'];

    private const ACTIONS = [
        'facts-differ' => 'другие данные под тем же номером',
        'other-register' => 'чек прислала другая касса',
        'dismiss' => 'чек закрыт',
        'retry' => 'повтор',
        'apply' => 'проведён по решению человека',
        'map' => 'связь товара записана',
        'unmap' => 'связь товара удалена',
        'map-import' => 'связи загружены из файла',
        'suspect-double' => 'возможно двойное списание',
        'suspect-seen' => 'двойное списание рассмотрено',
        'register' => 'касса изменена',
        'register-added' => 'касса добавлена',
        'secret-added' => 'секрет добавлен',
        'secret-removed' => 'секрет удалён',
        'settings' => 'настройки изменены',
        'live-on' => 'приём включён',
        'live-off' => 'приём выключен',
        'short-confirmed' => 'подтверждено: нехватка ждёт',
        'moved' => 'новый адрес сайта',
        'install' => 'установка',
        'uninstall' => 'удаление',
        'transaction-ended' => 'чужой обработчик завершил транзакцию',
        'watch' => 'письмо отправлено',
        'asleep' => 'под чужим адресом ничего не сделано',
        'mail-failed' => 'письмо не ушло',
        'shipment-unseen' => 'отгрузка не сверена из-за ошибки',
        'retry-stopped' => 'повтор прерван ошибкой',
    ];

    public static function kind(string $kind): string
    {
        return self::KINDS[$kind] ?? $kind;
    }

    public static function kindOf(string $word): ?string
    {
        $word = mb_strtolower(trim($word));
        foreach (self::KINDS as $kind => $russian) {
            if ($word === $kind || $word === mb_strtolower($russian)) {
                return $kind;
            }
        }
        return null;
    }

    public static function reason(string $code): string
    {
        return self::REASONS[$code] ?? $code;
    }

    public static function state(string $state): string
    {
        return self::STATES[$state] ?? $state;
    }

    public static function action(string $action): string
    {
        return self::ACTIONS[$action] ?? $action;
    }

    /** A factor as it is kept: "0,5" → "0.5"; empty stays empty, the units decide then; null when it is none. */
    public static function factor(string $written): ?string
    {
        $written = str_replace([',', ' ', "\u{A0}"], ['.', '', ''], trim($written));
        if ($written === '') {
            return '';
        }
        if (preg_match('/^(\d{1,9})(?:\.(\d{1,6})0*)?$/D', $written, $part) !== 1) {
            return null;
        }
        $whole = ltrim($part[1], '0');
        $rest = rtrim($part[2] ?? '', '0');
        if ($whole === '' && $rest === '') {
            return null;
        }
        return ($whole === '' ? '0' : $whole) . ($rest === '' ? '' : '.' . $rest);
    }

    /** "3.500000" → "3,5". */
    public static function number(string $decimal): string
    {
        if (strpos($decimal, '.') !== false) {
            $decimal = rtrim(rtrim($decimal, '0'), '.');
        }
        return str_replace('.', ',', $decimal);
    }

    /** 2599 → "25,99 ₽". */
    public static function money(int $kopecks): string
    {
        $sign = $kopecks < 0 ? '−' : '';
        $kopecks = abs($kopecks);
        return $sign . number_format(intdiv($kopecks, 100), 0, '', "\u{A0}") . ','
            . str_pad((string) ($kopecks % 100), 2, '0', STR_PAD_LEFT) . "\u{A0}₽";
    }

    /** 5400 → "1 ч 30 мин". */
    public static function span(int $seconds): string
    {
        if ($seconds < 60) {
            return max(0, $seconds) . "\u{A0}с";
        }
        $minutes = intdiv($seconds, 60);
        if ($minutes < 60) {
            return $minutes . "\u{A0}мин";
        }
        if ($minutes < 2880) {
            $rest = $minutes % 60;
            return intdiv($minutes, 60) . "\u{A0}ч" . ($rest === 0 ? '' : ' ' . $rest . "\u{A0}мин");
        }
        return intdiv($minutes, 1440) . "\u{A0}дн.";
    }

    /** UTC as the tables hold it → the site's own time, as people write it. */
    public static function local(string $utc): string
    {
        try {
            $time = new \DateTimeImmutable($utc, new \DateTimeZone('UTC'));
        } catch (\Exception $error) {
            return $utc;
        }
        return $time->setTimezone(new \DateTimeZone(date_default_timezone_get()))->format('d.m.Y H:i');
    }

    /** A sentence of its own out of what stands after a dash elsewhere. */
    public static function sentence(string $text): string
    {
        return mb_strtoupper(mb_substr($text, 0, 1)) . mb_substr($text, 1);
    }

    public static function receipts(int $number): string
    {
        return self::count($number, 'чек', 'чека', 'чеков');
    }

    /** The noun that goes with a number: 1 чек, 2 чека, 5 чеков. */
    public static function count(int $number, string $one, string $few, string $many): string
    {
        $tail = $number % 100;
        $last = $number % 10;
        $noun = $tail >= 11 && $tail <= 14 ? $many : ($last === 1 ? $one : ($last >= 2 && $last <= 4 ? $few : $many));
        return $number . "\u{A0}" . $noun;
    }
}
