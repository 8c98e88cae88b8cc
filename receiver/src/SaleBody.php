<?php

declare(strict_types=1);

namespace Chekpost;

use stdClass;

/**
 * The body of a fiscal document, checked as docs/webhook.schema.json demands; the order is that of the schema. Fields
 * that booking does not need are checked all the same: a body that is wrong in one place is not believed in another.
 */
final class SaleBody
{
    public const REGISTER_ID = '/\A[A-Za-z0-9_.-]{1,64}\/[a-z0-9-]{1,32}\z/';
    private const KEY = '/\AFN\d{16}-FD\d+\z/';
    private const LOCAL_TIME = '/\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\z/';
    private const INSTANT = '/\A(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?'
        . '(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)\z/';
    private const RECEIPTS = [Sale::SALE, Sale::RETURN, Sale::CORRECTION];
    private const MOVES = [SaleLine::OUT, SaleLine::IN, SaleLine::NONE, SaleLine::REVIEW];
    /** Tag 1040 is four bytes. */
    private const LAST_DOCUMENT = 4294967295;

    /** @throws BodyError */
    public static function read(stdClass $body): Sale
    {
        $fields = new Fields($body);
        $fields->oneOf('specVersion', ['1']);
        $sale = new Sale();
        $sale->type = $fields->oneOf('type', array_merge(self::RECEIPTS, [Sale::REPORT]));
        $sale->key = $fields->matching('eventId', self::KEY);
        $sale->occurredAt = self::instant($fields, 'occurredAt');
        self::readRegister($sale, $fields->object('register'));
        $sale->store = $fields->text('store');
        self::readFiscal($sale, $fields->object('fiscal'));
        if ($sale->type !== Sale::REPORT) {
            self::readReceipt($sale, $fields);
        }
        $fields->texts('problems');
        self::checkIdentity($sale);
        return $sale;
    }

    private static function readRegister(Sale $sale, Fields $register): void
    {
        $sale->registerId = $register->matching('id', self::REGISTER_ID);
        $sale->fn = $register->matching('fn', '/\A\d{16}\z/');
        $register->textOrNull('serial');
        $register->textOrNull('rnm');
        $register->text('ffdVersion');
    }

    private static function readFiscal(Sale $sale, Fields $fiscal): void
    {
        $fiscal->int('type');
        $sale->fd = $fiscal->int('fd', 1, self::LAST_DOCUMENT);
        $sale->fpd = $fiscal->matching('fpd', '/\A\d{1,10}\z/');
        $fiscal->intOrNull('shift');
        $fiscal->intOrNull('receiptInShift');
        $sale->operation = $fiscal->intOrNull('operation');
        $fiscal->intOrNull('taxation');
        $sale->rawTime = $fiscal->matching('rawTime', self::LOCAL_TIME);
    }

    private static function readReceipt(Sale $sale, Fields $fields): void
    {
        $sale->lines = array_map([self::class, 'readLine'], $fields->objects('lines'));
        $totals = $fields->object('totals');
        $sale->total = $totals->int('total');
        foreach (['cash', 'electronic', 'prepaid', 'credit', 'provision'] as $name) {
            $totals->intOrNull($name);
        }
        $correction = $fields->objectOrNull('correction');
        if ($correction !== null) {
            $correction->intOrNull('type');
            $correction->textOrNull('date');
            $correction->textOrNull('orderNumber');
        }
        $sale->mayBeSiteOrder = $fields->texts('mayBeSiteOrder');
    }

    private static function readLine(Fields $fields): SaleLine
    {
        $line = new SaleLine();
        $line->n = $fields->int('n', 1);
        $code = $fields->object('code');
        $line->gtin = $code->textOrNull('gtin');
        $line->ean = $code->textOrNull('ean');
        $line->article = $code->textOrNull('article');
        $code->matchingOrNull('mark', '/\A[0-9a-f]{64}\z/');
        $line->name = $fields->textOrNull('name');
        $line->quantity = $fields->matchingOrNull('quantity', '/\A\d+(?:\.\d+)?\z/');
        $line->unit = $fields->intOrTextOrNull('unit');
        $fields->intOrNull('price');
        $line->sum = $fields->intOrNull('sum');
        $fields->intOrNull('vat');
        $fields->intOrNull('method');
        $fields->intOrNull('subject');
        $line->move = $fields->oneOf('move', self::MOVES);
        $line->why = $fields->text('why');
        return $line;
    }

    private static function instant(Fields $fields, string $name): string
    {
        $text = $fields->matching($name, self::INSTANT);
        $isDay = preg_match(self::INSTANT, $text, $parts) === 1
            && checkdate((int) $parts[2], (int) $parts[3], (int) $parts[1]);
        if (!$isDay) {
            throw new BodyError('schema', "Поле $name: такого дня нет");
        }
        return $text;
    }

    /** One document has one key and one shop: `FD007` would be a second name of document 7. */
    private static function checkIdentity(Sale $sale): void
    {
        if ($sale->key !== "FN{$sale->fn}-FD{$sale->fd}") {
            throw new BodyError('key', 'eventId не равен номерам ФН и ФД документа');
        }
        if ($sale->store !== explode('/', $sale->registerId, 2)[0]) {
            throw new BodyError('store', 'Магазин чека не тот, к которому относится касса');
        }
    }
}
