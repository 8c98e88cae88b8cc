<?php

declare(strict_types=1);

namespace Chekpost;

use Chekpost\Office\Phrases;

/** What stands on the page for the site's owner: what is wrong, and what to do next. */
final class Reasons
{
    private const SIGNS = [
        'settled in the Internet (tag 1125)' => 'расчёт в Интернете, тег 1125',
        'a cashier of the site' => 'кассир сайта',
        'a text of the site' => 'пометка сайта в чеке',
    ];
    private const ERROR_BYTES = 500;
    private const MAP = 'Откройте вкладку «Незнакомые коды», выберите товар для этого кода или отметьте «не ведётся на '
        . 'сайте».';
    private const CHOOSE = 'Выполните на сайте `php local/chekpost/install.php install --yes`: приёмник выберет способ '
        . 'заново; чек проведётся сам.';

    public static function noStore(string $register, bool $isReturn): Reason
    {
        $what = $isReturn ? 'возвраты' : 'продажи';
        return new Reason(
            'no-store',
            "Касса {$register}: не выбран склад, на который относить {$what}. Выберите его на странице «Кассы».",
            null,
            null,
            $register
        );
    }

    public static function inactiveStore(int $storeId): Reason
    {
        return new Reason(
            'inactive-store',
            "Склад [{$storeId}] выключен или удалён. Включите его или выберите кассе другой на странице «Кассы».",
            null,
            null,
            (string) $storeId
        );
    }

    public static function unknown(SaleLine $line): Reason
    {
        $codes = $line->codes();
        unset($codes['name']);
        if ($line->codes() === []) {
            $text = 'в строке нет ни кода, ни наименования. Спишите товар вручную и закройте чек с пометкой.';
        } elseif ($codes === []) {
            $text = 'в чеке есть только наименование, а оно ни с чем не сопоставлено. ' . self::MAP;
        } else {
            $text = 'на сайте нет товара с кодом ' . self::listed($codes) . '. ' . self::MAP;
        }
        return self::ofLine('unknown-product', $line, $text);
    }

    /** @param list<int> $products */
    public static function ambiguous(SaleLine $line, array $products): Reason
    {
        $ids = implode(', ', $products);
        return self::ofLine('ambiguous-product', $line, "коду подходят несколько товаров: {$ids}. " . self::MAP);
    }

    public static function wrongType(SaleLine $line, Product $product): Reason
    {
        $kinds = [
            Product::WITH_OFFERS => 'это товар с предложениями, а продано одно из них',
            Product::SERVICE => 'это услуга, склада у неё нет',
        ];
        $what = $kinds[$product->type] ?? 'этот вид товара складской документ не принимает';
        if ($product->isStock() && $product->hasBarcodePerUnit) {
            $what = 'у него свой штрихкод на каждую единицу, а чек их не сообщает';
        }
        $text = "товар {$product->spoken()}: {$what}. " . self::MAP;
        return self::ofLine('wrong-product-type', $line, $text);
    }

    public static function missing(SaleLine $line, int $productId): Reason
    {
        return self::ofLine(
            'wrong-product-type',
            $line,
            "товара [{$productId}] больше нет в торговом каталоге. " . self::MAP
        );
    }

    public static function unitMismatch(SaleLine $line, Product $product): Reason
    {
        $receipt = Units::spoken($line->unit);
        $site = Units::name($product->unit);
        return self::ofLine(
            'unit-mismatch',
            $line,
            "единица в чеке «{$receipt}», у товара {$product->spoken()} на сайте «{$site}». Сопоставьте код с товаром "
                . 'и укажите коэффициент или исправьте единицу товара.'
        );
    }

    public static function brokenSet(SaleLine $line, Product $product): Reason
    {
        return self::ofLine(
            'set-broken',
            $line,
            "комплект {$product->spoken()}: состав не задан или в нём есть не товары. Исправьте состав комплекта на "
                . 'сайте и повторите.'
        );
    }

    public static function badQuantity(SaleLine $line): Reason
    {
        $quantity = $line->quantity ?? 'нет';
        return self::ofLine(
            'bad-quantity',
            $line,
            "количество «{$quantity}» нельзя записать на склад. Спишите товар вручную и закройте чек с пометкой."
        );
    }

    public static function review(SaleLine $line): Reason
    {
        $why = Phrases::why($line->why);
        return self::ofLine(
            'review',
            $line,
            "что произошло с товаром, решает человек ({$why}). Нажмите «Провести», если товар передан или "
                . 'возвращён, или закройте чек с пометкой.'
        );
    }

    public static function correction(bool $hasLines): Reason
    {
        return new Reason('correction', $hasLines
            ? 'Чек коррекции: товар мог уйти раньше. Нажмите «Провести», если он ещё не списан, или закройте чек с '
                . 'пометкой.'
            : 'Чек коррекции без строк: что продано, из него не видно. Спишите вручную и закройте чек с пометкой.');
    }

    /** @param list<string> $signs the agent's fixed English phrases */
    public static function mayBeSiteOrder(array $signs): Reason
    {
        $words = array_map(static fn (string $sign): string => self::SIGNS[$sign] ?? $sign, $signs);
        return new Reason(
            'may-be-site-order',
            'Похоже на выдачу заказа с сайта (' . implode('; ', $words) . '): его списывает отгрузка. Если это заказ, '
                . 'закройте чек с пометкой, если обычная продажа, нажмите «Провести».'
        );
    }

    public static function siteOrderFound(string $number): Reason
    {
        return new Reason(
            'site-order-found',
            "Состав и сумма как у заказа № {$number}: его списывает отгрузка. Если чек пробит по этому заказу, "
                . 'закройте его с пометкой, если это другая продажа, нажмите «Провести».',
            null,
            null,
            $number
        );
    }

    public static function trial(): Reason
    {
        return new Reason(
            'trial',
            'Пробный режим: чек сохранён, остатки не изменены. Включите приём на странице настроек и проведите или '
                . 'закройте отложенные чеки.'
        );
    }

    public static function insufficient(Product $product, int $storeId, Decimal $has, Decimal $wanted): Reason
    {
        return new Reason(
            'insufficient',
            "Товар {$product->spoken()}: на складе [{$storeId}] числится {$has->spoken()}, в чеке {$wanted->spoken()}, "
                . 'а уходить ниже нуля сайт не разрешает. Оприходуйте товар или разрешите отрицательный остаток; чек '
                . 'проведётся сам.',
            null,
            null,
            (string) $product->id,
            $product->name
        );
    }

    public static function controlOff(): Reason
    {
        return new Reason(
            'refused',
            'Складской учёт на сайте выключен, а приёмник проводит чеки документами. ' . self::CHOOSE
        );
    }

    public static function controlOn(): Reason
    {
        return new Reason(
            'refused',
            'Складской учёт на сайте включён: количество товара сайт считает по складам и наше изменение затрёт. '
                . self::CHOOSE
        );
    }

    /** @param list<string> $tables */
    public static function noTransactions(array $tables): Reason
    {
        return new Reason(
            'refused',
            'Таблицы ' . implode(', ', $tables) . ' не InnoDB: прерванное проведение нельзя отменить целиком. '
                . 'Попросите хостинг перевести их в InnoDB; чек проведётся сам.'
        );
    }

    public static function refused(string $text): Reason
    {
        return new Reason(
            'refused',
            $text === ''
                ? 'Битрикс отказал без объяснения: так делают обработчики событий сторонних модулей. Покажите чек '
                    . 'разработчику сайта; он проведётся сам, когда отказ исчезнет.'
                : "Битрикс отказал: {$text} Исправьте это на сайте; чек проведётся сам."
        );
    }

    public static function failed(int $attempts, string $error): Reason
    {
        $error = mb_strcut($error, 0, self::ERROR_BYTES, 'UTF-8');
        return new Reason(
            'failed',
            "Чек не удалось провести, попыток: {$attempts}. Остатки не изменены. Покажите разработчику сайта ошибку: "
                . $error
        );
    }

    public static function halfBooked(): Reason
    {
        return new Reason(
            'half-booked',
            'Проведение прервалось, когда сторонний обработчик уже завершил нашу транзакцию: остатки могли измениться. '
                . 'Найдите складской документ с номером этого чека: если он проведён, закройте чек с пометкой, если '
                . 'нет, проверьте остатки его товаров и нажмите «Провести».'
        );
    }

    private static function ofLine(string $code, SaleLine $line, string $text): Reason
    {
        $codes = $line->codes();
        $kind = array_key_first($codes);
        return new Reason(
            $code,
            "Строка {$line->n}" . ($line->name === null ? '' : " «{$line->name}»") . ": {$text}",
            $line->n,
            $kind,
            $kind === null ? null : ProductMap::normalise($kind, $codes[$kind]),
            $line->name
        );
    }

    /** @param array<string, string> $codes */
    private static function listed(array $codes): string
    {
        $words = ['gtin' => 'GTIN', 'ean' => 'EAN', 'article' => 'артикул'];
        $parts = [];
        foreach ($codes as $kind => $code) {
            $parts[] = ($words[$kind] ?? $kind) . " {$code}";
        }
        return implode(', ', $parts);
    }
}
