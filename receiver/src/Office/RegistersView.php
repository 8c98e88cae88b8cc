<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\RegisterRow;

/** Registers that may speak to the site: their stores and secrets. A secret is never shown, only its print. */
final class RegistersView
{
    private Office $office;
    private Html $html;
    /** @var array<int, string> */
    private array $stores;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
        $this->stores = $office->products->stores();
    }

    public function html(): string
    {
        $html = '';
        foreach ($this->office->registers->all() as $register) {
            $html .= $this->register($register);
        }
        return $html . Html::panel('Добавить кассу', '<p>Имя – магазин и касса из настройки программы на кассе, секрет'
            . ' – строка whsec_… из её файла секрета (bitrix.secretFile).</p>'
            . $this->html->form('register-save', ['view' => 'registers'], '<div class="cp-row">'
            . Html::input('id', '', 'Имя: магазин/касса', ['required' => 'required', 'placeholder' => 'shop-12/till-1'])
            . Html::choice('store', '', 'Склад продаж', $this->choices('– выбрать позже –'))
            . Html::choice('returns', '', 'Склад возвратов', $this->choices('тот же'))
            . '</div><div class="cp-row">' . $this->secretField() . Html::button('Добавить', 'main') . '</div>'));
    }

    private function register(RegisterRow $register): string
    {
        $hidden = ['id' => $register->id, 'view' => 'registers'];
        $state = $register->enabled ? Html::mark('good', 'включена') : Html::mark('quiet', 'отключена');
        $body = '<p>' . $state . '</p>' . $this->html->form('register-save', $hidden, '<div class="cp-row">'
            . Html::choice('store', (string) $register->storeId, 'Склад продаж', $this->choices('– не выбран –'))
            . Html::choice('returns', (string) $register->returnsStoreId, 'Склад возвратов', $this->choices('тот же'))
            . Html::button('Сохранить', 'main') . '</div>');
        $rows = [];
        foreach ($register->secrets as $secret) {
            $print = SettingActions::printOf($secret['secret']);
            $rows[] = [
                '<code>' . Html::text($print) . '</code>',
                Html::text(Words::local($secret['since'])),
                count($register->secrets) < 2 ? '' : $this->html->form(
                    'secret-remove',
                    $hidden + ['print' => $print],
                    Html::button('Удалить', 'danger')
                ),
            ];
        }
        $body .= '<h3>Секреты</h3>' . Html::table(['Отпечаток', 'С какого времени', ''], $rows, 'Секретов нет.')
            . $this->html->form('secret-add', $hidden, '<div class="cp-row">' . $this->secretField()
            . Html::button('Добавить секрет') . '</div>')
            . $this->html->form('register-switch', $hidden, Html::button(
                $register->enabled ? 'Отключить кассу' : 'Включить кассу',
                $register->enabled ? 'danger' : ''
            ));
        return Html::panel($register->id, $body);
    }

    private function secretField(): string
    {
        return Html::input('secret', '', 'Секрет whsec_…', [
            'required' => 'required',
            'type' => 'password',
            'autocomplete' => 'off',
            'size' => '40',
        ]);
    }

    /** @return array<int|string, string> */
    private function choices(string $none): array
    {
        $choices = ['' => $none];
        foreach ($this->stores as $id => $title) {
            $choices[$id] = $title . ' [' . $id . ']';
        }
        return $choices;
    }
}
