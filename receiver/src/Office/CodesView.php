<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** What is sold under a code or a name nobody has said anything about; many of them settled with one click. */
final class CodesView
{
    /** Every row has seven fields, and PHP takes a thousand of them in one form. */
    private const SHOWN = 60;
    private const FACTOR = ['inputmode' => 'decimal', 'size' => '10', 'placeholder' => 'по единицам'];

    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    public function html(): string
    {
        $codes = (new Parked($this->office->database))->unknownCodes();
        if ($codes === []) {
            return Html::panel('Незнакомые коды', '<p class="cp-quiet">Незнакомых кодов нет.</p>');
        }
        $shown = array_slice($codes, 0, self::SHOWN);
        $more = count($codes) - count($shown);
        $html = '<p>Скажите один раз, что это за товар, – и все чеки с этим кодом проведутся (пробные – когда вы их'
            . ' проведёте). Подсказка – единственный'
            . ' товар сайта с точно таким же названием; она не действует, пока вы её не отметите.</p>'
            . $this->form($shown, ['view' => 'codes']);
        if ($more > 0) {
            $html .= '<p class="cp-quiet">Ещё ' . $more . ' – когда решите эти. Много кодов удобнее загрузить файлом: '
                . $this->html->link('map', [], 'Связи товаров') . '.</p>';
        }
        return Html::panel('Незнакомые коды: ' . count($codes), $html);
    }

    /**
     * @param list<array{kind: string, key: string, name: string, receipts: int, shops: list<string>,
     *     example: string}> $codes
     * @param array<string, string> $hidden
     */
    public function form(array $codes, array $hidden): string
    {
        $suggested = Parked::suggestions($codes, $this->office->products);
        $named = $this->office->products->named(array_values($suggested));
        $rows = [];
        $shops = [];
        foreach ($codes as $at => $code) {
            $shops = array_merge($shops, $code['shops']);
            $rows[] = $this->row((int) $at, $code, $suggested[$code['name']] ?? null, $named);
        }
        $stores = ['' => 'для всех магазинов'];
        foreach (array_unique($shops) as $shop) {
            $stores[$shop] = 'только для магазина ' . $shop;
        }
        return $this->html->form('map-codes', $hidden, Html::table(
            ['Код или название', 'Чеков', 'Подсказка', 'Товар сайта'],
            $rows,
            ''
        ) . '<div class="cp-row">' . Html::choice('store', '', 'Действует', $stores)
            . Html::button('Записать и повторить чеки', 'main') . '</div>');
    }

    /**
     * @param array{kind: string, key: string, name: string, receipts: int, shops: list<string>, example: string} $code
     * @param array<int, array{name: string, type: int, active: bool}> $named
     * @return list<string>
     */
    private function row(int $at, array $code, ?int $suggested, array $named): array
    {
        $field = 'row[' . $at . ']';
        $hidden = '';
        $known = ['kind' => $code['kind'], 'code' => $code['key'], 'suggested' => (string) $suggested];
        foreach ($known as $name => $value) {
            $hidden .= '<input type="hidden" name="' . Html::text($field . '[' . $name . ']') . '" value="'
                . Html::text($value) . '">';
        }
        $title = $code['name'] === '' ? $code['key'] : $code['name'];
        return [
            $hidden . Html::text($title) . '<br><span class="cp-small">' . Html::text(Words::kind($code['kind']))
                . ' <code>' . Html::text($code['key']) . '</code></span>',
            $this->html->link('receipt', ['key' => $code['example']], (string) $code['receipts']),
            $suggested === null ? '' : Html::tick(
                $field . '[take]',
                'Y',
                'это «' . ($named[$suggested]['name'] ?? '') . '» [' . $suggested . ']'
            ),
            '<div class="cp-row">'
                . Html::input($field . '[product]', '', 'Номер товара', ['inputmode' => 'numeric', 'size' => '8'])
                . Html::input($field . '[factor]', '', 'Коэффициент', self::FACTOR)
                . Html::tick($field . '[none]', 'Y', 'не ведётся на сайте') . '</div>',
        ];
    }
}
