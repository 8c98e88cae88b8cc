<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Database;
use Chekpost\Row;
use Chekpost\Settings;

/**
 * Can a sale be booked that takes stock below zero? It has happened, whatever the site thinks of its stock. The catalog
 * module decides by its option `check_rights_on_decrease_store_quantity`: D never, E by the right of the user who
 * conducts, N (or absent) by the product's NEGATIVE_AMOUNT_TRACE, whose D means the option `allow_negative_amount`.
 */
final class BelowZero
{
    public bool $can;
    /** How it is. */
    public string $text;
    /** What to do, where it is not as it should be. */
    public string $mend;

    private function __construct(bool $can, string $text, string $mend)
    {
        $this->can = $can;
        $this->text = $text;
        $this->mend = $mend;
    }

    public static function look(Site $site, Database $database, Settings $settings): self
    {
        if ($settings->booking === Settings::BY_QUANTITY) {
            return new self(true, 'без складского учёта количество может стать отрицательным', '');
        }
        $how = $site->option('catalog', 'check_rights_on_decrease_store_quantity', 'N');
        if ($how === 'D') {
            return new self(
                false,
                'уход в минус запрещён всем (check_rights_on_decrease_store_quantity = D)',
                'в настройках модуля «Торговый каталог» разрешите уход в минус по правам и дайте техническому'
                    . ' пользователю право «Разрешить отрицательный остаток» для списаний'
            );
        }
        return $how === 'E' ? self::byRight($site, $settings) : self::byProduct($site, $database);
    }

    private static function byRight(Site $site, Settings $settings): self
    {
        if ($site->hasBatchCosting()) {
            return new self(
                false,
                'включён партионный учёт себестоимости: с ним остаток ниже нуля невозможен',
                'подтвердите, что такие чеки ждут, либо откажитесь от партионного учёта'
            );
        }
        return $site->mayGoBelowZero($settings->userId)
            ? new self(true, 'техническому пользователю можно списывать в минус', '')
            : new self(
                false,
                'уход в минус – по правам, а у технического пользователя этого права для списаний нет',
                'дайте ему право «Разрешить отрицательный остаток» для документа «Списание»'
                    . ' (Магазин – Права доступа каталога)'
            );
    }

    private static function byProduct(Site $site, Database $database): self
    {
        if ($site->option('catalog', 'allow_negative_amount', 'N') !== 'Y') {
            return new self(
                false,
                'у товаров по умолчанию отрицательный остаток запрещён (allow_negative_amount = N)',
                'в настройках модуля «Торговый каталог» разрешите отрицательное количество или уход в минус'
                    . ' по правам (check_rights_on_decrease_store_quantity = E)'
            );
        }
        $rows = $database->query(
            "SELECT COUNT(*) AS N FROM b_catalog_product WHERE TYPE IN (1, 4) AND NEGATIVE_AMOUNT_TRACE = 'N'"
        );
        $forbidden = (new Row($rows[0] ?? ['N' => 0]))->int('N');
        return $forbidden === 0
            ? new self(true, 'товарам можно уходить в минус', '')
            : new self(
                true,
                'по умолчанию можно, но у ' . Words::count($forbidden, 'товара', 'товаров', 'товаров')
                    . ' это запрещено: их чеки при нехватке будут ждать',
                'разрешите отрицательный остаток в карточках этих товаров'
            );
    }
}
