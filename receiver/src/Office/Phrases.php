<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** The fixed English phrases by which the shop's program says why a line moves as it does, in Russian. */
final class Phrases
{
    private const WHY = [
        'handed over in full settlement' => 'передан при полном расчёте',
        'taken back in full settlement' => 'возвращён при полном расчёте',
        'handed over in partial settlement' => 'передан при частичном расчёте',
        'taken back in partial settlement' => 'возвращён при частичном расчёте',
        'handed over on credit' => 'передан в кредит',
        'taken back, was on credit' => 'возвращён, был передан в кредит',
        'full prepayment, no goods yet' => 'полная предоплата, товар ещё не передан',
        'partial prepayment, no goods yet' => 'частичная предоплата, товар ещё не передан',
        'advance, no goods yet' => 'аванс, товар ещё не передан',
        'payment of a credit, no goods now' => 'оплата кредита, товар передан раньше',
        'not goods' => 'не товар',
        'purchases do not move stock here' => 'расход (скупка, лотерея) товар не движет',
        'a correction waits for a person' => 'чек коррекции решает человек',
        'a share of a marked package' => 'часть маркированной упаковки',
        'taken back by a storno line' => 'отменена строкой сторно',
        'a storno line takes an earlier line back' => 'сторно прежней строки',
        'a storno line that fits no line' => 'сторно, к которому нет строки',
        'a storno line takes goods back' => 'сторно возвращает товар',
        'no operation in the document' => 'в чеке нет признака расчёта',
        'the operation cannot be read' => 'признак расчёта не читается',
        'unknown operation' => 'неизвестный признак расчёта',
        'the settlement method cannot be read' => 'способ расчёта не читается',
        'unknown settlement method' => 'неизвестный способ расчёта',
        'the kind of subject cannot be read' => 'предмет расчёта не читается',
        'unknown kind of subject' => 'неизвестный предмет расчёта',
        'no quantity in the line' => 'в строке нет количества',
        'the quantity cannot be read' => 'количество не читается',
        'unknown measure of quantity' => 'неизвестная единица',
        'the quantity is zero' => 'количество ноль',
    ];
    private const ASSUMED = ' (assumed)';

    /** A phrase that a newer program says and we do not know yet stays as it is. */
    public static function why(string $phrase): string
    {
        $isAssumed = substr($phrase, -strlen(self::ASSUMED)) === self::ASSUMED;
        $bare = $isAssumed ? substr($phrase, 0, -strlen(self::ASSUMED)) : $phrase;
        return isset(self::WHY[$bare]) ? self::WHY[$bare] . ($isAssumed ? ' (по умолчанию)' : '') : $phrase;
    }
}
