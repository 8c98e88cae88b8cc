<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\EventRow;
use Chekpost\Row;

/** What deserves a second look: suspicions, documents that were undone, errors, and who has done what. */
final class RecordsView
{
    private const PAGE = 100;
    /** Documents of so many last movements are looked at: some weeks of a busy shop. */
    private const MOVEMENTS = 50000;

    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    public function suspects(Form $query): string
    {
        $rows = $this->office->database->query(
            'SELECT * FROM chekpost_event WHERE suspect IS NOT NULL ORDER BY updated_at DESC LIMIT ' . self::PAGE
        );
        $cells = [];
        foreach (array_map([EventRow::class, 'of'], $rows) as $event) {
            $isHalf = $event->suspect === EventRow::HALF_BOOKED && $event->state === EventRow::PARKED;
            $cells[] = [
                $this->html->link('receipt', ['key' => $event->key], $event->key),
                Html::text($isHalf ? 'проведение прервалось на середине' : (string) $event->suspect),
                Html::text(ReceiptView::total($event)),
                $isHalf ? 'решите на странице чека' : $this->html->noteForm(
                    'suspect-seen',
                    ['key' => $event->key, 'view' => 'suspects'],
                    'Что выяснилось (обязательно)',
                    'Рассмотрено',
                    ''
                ),
            ];
        }
        return Html::panel('Подозрения', '<p>Отгружен заказ сайта с теми же товарами и суммой, что и проведённый чек:'
            . ' возможно, одна покупка списана дважды. Сравните их; если покупка одна, отмените документ чека на'
            . ' складе.</p>'
            . Html::table(['Чек', 'Подозрение', 'Сумма', ''], $cells, 'Подозрений нет.'));
    }

    public function documents(Form $query): string
    {
        $last = $this->office->database->query('SELECT COALESCE(MAX(id), 0) AS N FROM chekpost_movement');
        $rows = $this->office->database->query(
            'SELECT m.event_key, m.document_id, d.STATUS FROM chekpost_movement m'
                . ' LEFT JOIN b_catalog_store_docs d ON d.ID = m.document_id'
                . " WHERE m.id > ? AND m.document_id IS NOT NULL AND (d.ID IS NULL OR d.STATUS <> 'Y')"
                . ' GROUP BY m.event_key, m.document_id, d.STATUS ORDER BY m.document_id DESC LIMIT ' . self::PAGE,
            [(new Row($last[0] ?? ['N' => 0]))->int('N') - self::MOVEMENTS]
        );
        $cells = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $cells[] = [
                $this->html->link('receipt', ['key' => $row->text('event_key')], $row->text('event_key')),
                Html::text('№ ' . $row->text('document_id')),
                Html::mark('warn', $row->textOrNull('STATUS') === null ? 'удалён вручную' : 'отменён вручную'),
            ];
        }
        return Html::panel('Документы, которых больше нет', '<p>Чек проведён, но его документ на складе потом отменили'
            . ' или удалили. Сам чек второй раз не проведётся: если товар всё же продан, проведите документ снова на'
            . ' складе.</p>'
            . Html::table(['Чек', 'Документ', 'Что с ним'], $cells, 'Все документы на месте.')) . $this->failures();
    }

    private function failures(): string
    {
        $rows = $this->office->database->query('SELECT * FROM chekpost_failure ORDER BY at DESC LIMIT ' . self::PAGE);
        $cells = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $cells[] = [
                $this->html->link('receipt', ['key' => $row->text('event_key')], $row->text('event_key')),
                Html::text($row->text('attempts')),
                Html::text($row->text('last_error')),
                Html::text(Words::local($row->text('at'))),
            ];
        }
        return Html::panel('Ошибки при проведении', '<p>После третьей ошибки подряд чек откладывается.</p>'
            . Html::table(['Чек', 'Ошибок', 'Последняя', 'Когда'], $cells, 'Ошибок не было.'));
    }

    public function audit(Form $query): string
    {
        $page = $query->number('page');
        $rows = $this->office->database->query(
            'SELECT * FROM chekpost_audit ORDER BY id DESC LIMIT ' . (self::PAGE + 1)
                . ' OFFSET ' . ($page * self::PAGE)
        );
        return Html::panel('Журнал действий', self::table(array_slice($rows, 0, self::PAGE))
            . $this->html->turn('audit', [], $page, count($rows) > self::PAGE));
    }

    public static function trail(Office $office, string $key): string
    {
        return self::table($office->database->query(
            'SELECT * FROM chekpost_audit WHERE event_key = ? ORDER BY id DESC LIMIT ' . self::PAGE,
            [$key]
        ));
    }

    /** @param list<array<string, mixed>> $rows */
    private static function table(array $rows): string
    {
        $cells = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $cells[] = [
                Html::text(Words::local($row->text('at'))),
                Html::text($row->text('who')),
                Html::text(Words::action($row->text('action'))) . ($row->textOrNull('event_key') === null ? ''
                    : '<br><span class="cp-small">' . Html::text($row->text('event_key')) . '</span>'),
                Html::text(Detail::text($row->text('action'), $row->text('detail'))),
            ];
        }
        return Html::table(['Когда', 'Кто', 'Что', 'Подробно'], $cells, 'Записей нет.');
    }
}
