<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Mapping;

/** What people have said about codes and names; as a list, as a file, and back. */
final class MapView
{
    private const PAGE = 100;
    private const SHOWN_WRONG = 200;

    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    public function html(string $find, int $page): string
    {
        return $this->files() . Html::panel('Связи товаров', $this->search($find) . $this->table($find, $page));
    }

    /**
     * @param array{rows: list<array{line: int, store: string, kind: string, code: string, productId: int|null,
     *     factor: string|null, does: string, id: int|null}>, wrong: list<array{line: int, text: string}>} $read
     */
    public static function dryRun(Html $html, array $read, string $bytes): string
    {
        $counts = array_count_values(array_column($read['rows'], 'does'))
            + ['put' => 0, 'change' => 0, 'remove' => 0, 'same' => 0];
        $changes = $counts['put'] + $counts['change'] + $counts['remove'];
        $body = '<p>Пока ничего не записано.</p><p>Новых: ' . $counts['put'] . ', изменится: ' . $counts['change']
            . ', удалится: ' . $counts['remove'] . ', без изменений: ' . $counts['same'] . ', с ошибками: '
            . count($read['wrong']) . '.</p>';
        $rows = [];
        foreach (array_slice($read['wrong'], 0, self::SHOWN_WRONG) as $wrong) {
            $rows[] = [Html::text((string) $wrong['line']), Html::text($wrong['text'])];
        }
        if ($rows !== []) {
            $body .= Html::table(['Строка', 'Что не так'], $rows, '');
        }
        if (count($read['wrong']) > self::SHOWN_WRONG) {
            $body .= '<p class="cp-quiet">и ещё ' . (count($read['wrong']) - self::SHOWN_WRONG) . '</p>';
        }
        if ($changes > 0) {
            $label = 'Записать ' . Words::count($changes, 'строку', 'строки', 'строк')
                . ($read['wrong'] === [] ? '' : ', строки с ошибками пропустить');
            $hidden = ['view' => 'map', 'bytes' => base64_encode($bytes)];
            $body .= $html->form('map-file-apply', $hidden, Html::button($label, 'main'));
        }
        return Html::panel('Проверка файла', $body . '<p>' . $html->link('map', [], 'Не записывать') . '</p>');
    }

    /** Once "not kept" was taken back: the receipts that moved nothing because of it. */
    public function undone(Form $query): string
    {
        $code = ['kind' => $query->text('kind'), 'code' => $query->text('code'), 'store' => $query->text('store')];
        $keys = $code['code'] === '' ? []
            : (new Ignored($this->office->database))->keys($code['store'], $code['kind'], $code['code']);
        if ($keys === []) {
            return '';
        }
        return Html::panel('Чеки без движения: ' . count($keys), '<p>Пока «' . Html::text($code['code']) . '» не вёлся'
            . ' на сайте, эти чеки ничего не двигали. Если остатки с тех пор не пересчитаны, повторите их; если'
            . ' пересчитаны, оставьте как есть.</p><p>' . $this->html->link('receipt', ['key' => $keys[0]], $keys[0])
            . (count($keys) > 1 ? ' … ' . $this->html->link('receipt', ['key' => end($keys)], end($keys)) : '') . '</p>'
            . $this->html->form('map-again', ['view' => 'map'] + $code, Html::button('Повторить эти чеки', 'main')));
    }

    private function files(): string
    {
        $address = Site::FOLDER . '/admin.php?view=map&download=map';
        $file = Html::input('file', '', 'Файл CSV', [
            'type' => 'file',
            'accept' => '.csv,text/csv,.txt',
            'required' => 'required',
        ]);
        return Html::panel('Файлом', '<p><a href="' . Html::text($address) . '">Выгрузить в CSV</a> для Excel,'
            . ' поправить и загрузить обратно. В столбце «товар» – номер товара на сайте, «не ведётся» или'
            . ' «удалить». Коэффициент – сколько единиц товара в одной единице чека; пусто – единицы чека и товара'
            . ' сверяются сами.</p>'
            . $this->html->form('map-file', ['view' => 'map'], '<div class="cp-row">' . $file
            . Html::button('Проверить', 'main') . '</div>', true));
    }

    private function search(string $find): string
    {
        return '<form method="get" action="' . Html::text(Site::FOLDER . '/admin.php') . '">'
            . '<input type="hidden" name="view" value="map"><div class="cp-row">'
            . Html::input('find', $find, 'Код, название или номер товара')
            . Html::button('Найти') . '</div></form>';
    }

    private function table(string $find, int $page): string
    {
        $like = '%' . addcslashes(mb_strtolower($find), '%_\\') . '%';
        $rows = $this->office->database->query(
            'SELECT * FROM chekpost_map WHERE code LIKE ? OR product_id = ? ORDER BY id DESC LIMIT ' . (self::PAGE + 1)
                . ' OFFSET ' . ($page * self::PAGE),
            [$like, preg_match('/^\d{1,9}$/D', $find) === 1 ? (int) $find : -1]
        );
        $mappings = array_map([Mapping::class, 'of'], array_slice($rows, 0, self::PAGE));
        $ids = array_filter(array_map(static fn (Mapping $mapping): ?int => $mapping->productId, $mappings));
        $names = $this->office->products->named($ids);
        $cells = [];
        foreach ($mappings as $mapping) {
            $cells[] = $this->row($mapping, $names);
        }
        $heads = ['Код или название', 'Магазин', 'Товар сайта', 'Кто и когда', ''];
        return Html::table($heads, $cells, 'Ничего не найдено.')
            . $this->html->turn('map', ['find' => $find], $page, count($rows) > self::PAGE);
    }

    /**
     * @param array<int, array{name: string, type: int, active: bool}> $names
     * @return list<string>
     */
    private function row(Mapping $mapping, array $names): array
    {
        $product = $mapping->productId === null
            ? Html::mark('quiet', 'не ведётся на сайте')
            : Html::text(($names[$mapping->productId]['name'] ?? 'товар удалён') . ' [' . $mapping->productId . ']')
                . ($mapping->factor === null ? '' : ', коэффициент ' . Html::text($mapping->factor->spoken()));
        return [
            Html::text(Words::kind($mapping->kind)) . ' <code>' . Html::text($mapping->code) . '</code>',
            Html::text($mapping->store === '' ? 'все' : $mapping->store),
            $product,
            Html::text($mapping->who) . '<br><span class="cp-small">' . Html::text(Words::local($mapping->createdAt))
                . '</span>',
            $this->html->form('map-remove', ['id' => $mapping->id, 'view' => 'map'], Html::button(
                $mapping->productId === null ? 'Снова вести' : 'Удалить',
                'danger'
            )),
        ];
    }
}
