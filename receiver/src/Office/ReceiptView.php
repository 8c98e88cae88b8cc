<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\EventRow;
use Chekpost\Row;
use Chekpost\Units;

/** One receipt: its lines, what it waits for beside them, and what can be done. */
final class ReceiptView
{
    private const MOVES = ['out' => 'уходит', 'in' => 'приходит', 'none' => 'не движется',
        'review' => 'решает человек'];
    private const TYPES = ['pos.sale' => 'продажа', 'pos.return' => 'возврат', 'pos.correction' => 'коррекция',
        'pos.report' => 'отчёт'];
    private const CODES = ['gtin' => 'GTIN', 'ean' => 'EAN', 'article' => 'арт.'];

    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    public function html(string $key): string
    {
        $event = $this->office->ledger->find($key);
        if ($event === null) {
            return Html::panel('Чек', '<p>Чека с таким номером в журнале нет.</p>');
        }
        return Html::panel('Чек ' . $event->key, $this->facts($event) . $this->reasons($event) . $this->forms($event))
            . Html::panel('Строки', $this->lines($event))
            . $this->codes($event)
            . $this->movements($event)
            . Html::panel('История', RecordsView::trail($this->office, $event->key));
    }

    /** "2019-12-15T17:20:00+03:00" → "15.12.2019 17:20": the register's own time. */
    public static function localTime(string $occurredAt): string
    {
        return preg_match('/^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/', $occurredAt, $part) === 1
            ? $part[3] . '.' . $part[2] . '.' . $part[1] . ' ' . $part[4]
            : $occurredAt;
    }

    public static function total(EventRow $event): string
    {
        $total = self::body($event)['totals']['total'] ?? null;
        return is_int($total) ? Words::money($total) : '–';
    }

    /** @return array<string, mixed> */
    private static function body(EventRow $event): array
    {
        $body = json_decode($event->body, true);
        return is_array($body) ? $body : [];
    }

    private function facts(EventRow $event): string
    {
        $facts = [
            'Состояние' => Html::mark(
                ['booked' => 'good', 'parked' => 'warn'][$event->state] ?? 'quiet',
                Words::state($event->state)
            ) . ($event->booking === 'quantity' ? ' без складского учёта: изменено только количество' : ''),
            'Касса' => Html::text($event->registerId),
            'Вид' => Html::text(self::TYPES[$event->type] ?? $event->type),
            'Пробит' => Html::text(self::localTime($event->occurredAt)),
            'Сумма' => Html::text(self::total($event)),
            'Пришёл' => Html::text(Words::local($event->createdAt)),
        ];
        if ($event->suspect !== null) {
            $facts['Подозрение'] = Html::mark('bad', $event->suspect === EventRow::HALF_BOOKED
                ? 'проведение прервалось' : $event->suspect);
        }
        if ($event->note !== null || $event->who !== null) {
            $facts['Примечание'] = Html::text(trim(($event->note ?? '') . ' – ' . ($event->who ?? ''), ' –'));
        }
        foreach ($event->documents as $document) {
            $address = '/bitrix/admin/cat_store_document_edit.php?lang=ru&DOC_TYPE=' . rawurlencode($document['type'])
                . '&ID=' . $document['id'];
            $facts[$document['type'] === 'R' ? 'Документ возврата' : 'Документ списания'] = '<a href="'
                . Html::text($address) . '">' . Html::text('№ ' . $document['id']) . '</a>';
        }
        $html = '';
        foreach ($facts as $what => $valueHtml) {
            $html .= '<p><span class="cp-quiet">' . Html::text($what) . ':</span> ' . $valueHtml . '</p>';
        }
        return $html;
    }

    private function reasons(EventRow $event): string
    {
        if ($event->state !== EventRow::PARKED) {
            return '';
        }
        $parked = new ParkedView($this->office, $this->html);
        return '<h3>Почему ждёт</h3>' . $parked->marks($event) . $parked->texts($event, 50);
    }

    private function forms(EventRow $event): string
    {
        $hidden = ['key' => $event->key, 'view' => 'receipt'];
        if ($event->state === EventRow::DISMISSED || $event->state === EventRow::IGNORED) {
            return $event->type === 'pos.report' ? ''
                : $this->html->form('retry', $hidden, Html::button('Вернуть в работу и повторить'));
        }
        if ($event->state !== EventRow::PARKED) {
            return '';
        }
        $html = '<div class="cp-row">' . $this->html->form('retry', $hidden, Html::button('Повторить', 'main'));
        if (ParkedView::isApplicable($event, $this->office->settings->live)) {
            $html .= $this->html->form('apply', $hidden, Html::button('Провести'));
        }
        return $html . '</div>' . $this->html->noteForm('dismiss', $hidden, ParkedView::NOTE, 'Закрыть с пометкой');
    }

    private function lines(EventRow $event): string
    {
        $lines = self::body($event)['lines'] ?? [];
        $rows = [];
        foreach (is_array($lines) ? $lines : [] as $line) {
            $row = new Row(array_filter(is_array($line) ? $line : [], 'is_scalar'));
            $rows[] = [
                Html::text($row->textOrNull('n') ?? ''),
                Html::text($row->textOrNull('name') ?? 'без названия') . self::codesOf(is_array($line) ? $line : []),
                Html::text(Words::number($row->textOrNull('quantity') ?? '') . ' ' . self::unit($line)),
                Html::text(Words::money((int) $row->textOrNull('price'))),
                Html::text(Words::money((int) $row->textOrNull('sum'))),
                Html::text(self::MOVES[$row->textOrNull('move') ?? ''] ?? '') . '<br><span class="cp-small">'
                    . Html::text(Phrases::why($row->textOrNull('why') ?? '')) . '</span>',
            ];
        }
        return Html::table(['№', 'Товар', 'Количество', 'Цена', 'Сумма', 'Склад'], $rows, 'Строк нет.');
    }

    /** @param mixed $line */
    private static function unit($line): string
    {
        $unit = is_array($line) ? ($line['unit'] ?? null) : null;
        return is_int($unit) || (is_string($unit) && $unit !== '') ? Units::spoken($unit) : '';
    }

    /** @param array<array-key, mixed> $line */
    private static function codesOf(array $line): string
    {
        $code = is_array($line['code'] ?? null) ? $line['code'] : [];
        $html = '';
        foreach (self::CODES as $kind => $word) {
            if (is_string($code[$kind] ?? null) && $code[$kind] !== '') {
                $html .= '<br><span class="cp-small">' . Html::text($word)
                    . ' <code>' . Html::text($code[$kind]) . '</code></span>';
            }
        }
        return $html;
    }

    /** The codes that this receipt waits for, to be mapped here. */
    private function codes(EventRow $event): string
    {
        $codes = [];
        foreach ($event->state === EventRow::PARKED ? $event->reasons : [] as $reason) {
            if (Parked::isMappable($reason)) {
                $codes[$reason->kind . "\n" . $reason->key] = ['kind' => (string) $reason->kind,
                    'key' => (string) $reason->key, 'name' => $reason->name ?? '', 'receipts' => 1,
                    'shops' => [explode('/', $event->registerId)[0]],
                    'example' => $event->key];
            }
        }
        return $codes === [] ? '' : Html::panel('Что это за товары', (new CodesView($this->office, $this->html))
            ->form(array_values($codes), ['view' => 'receipt', 'key' => $event->key]));
    }

    private function movements(EventRow $event): string
    {
        $rows = $this->office->database->query(
            'SELECT * FROM chekpost_movement WHERE event_key = ? ORDER BY id',
            [$event->key]
        );
        if ($rows === []) {
            return '';
        }
        $names = $this->office->products->named(array_map('intval', array_column($rows, 'product_id')));
        $cells = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $product = $row->int('product_id');
            $cells[] = [
                Html::text(($names[$product]['name'] ?? 'удалён') . ' [' . $product . ']'),
                Html::text($row->textOrNull('store_id') ?? '–'),
                Html::text(($row->text('way') === 'in' ? '+' : '−') . Words::number($row->text('quantity'))),
                Html::text(Words::number($row->textOrNull('before_amount') ?? '–')),
            ];
        }
        return Html::panel(
            'Что сделано с остатками',
            Html::table(['Товар', 'Склад', 'Изменение', 'Было'], $cells, '')
        );
    }
}
