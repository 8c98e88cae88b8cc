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

    /** @param string $id the register to be changed; empty or unknown: the list alone */
    public function html(string $id): string
    {
        $register = $id === '' ? null : $this->office->registers->find($id);
        return ($register === null ? '' : $this->register($register)) . $this->all() . $this->newOne();
    }

    private function all(): string
    {
        $rows = [];
        foreach ($this->office->registers->all() as $register) {
            $returns = $register->returnsStoreId;
            $rows[] = [
                $this->html->link('registers', ['id' => $register->id], $register->id),
                $register->enabled ? Html::mark('good', 'включена') : Html::mark('quiet', 'отключена'),
                $register->storeId === null ? Html::mark('bad', 'не выбран') : $this->store($register->storeId),
                $returns === null ? 'тот же' : $this->store($returns),
                (string) count($register->secrets),
            ];
        }
        $heads = ['Касса', 'Состояние', 'Склад продаж', 'Склад возвратов', 'Секретов'];
        return Html::panel('Кассы', Html::table($heads, $rows, 'Касс пока нет.'));
    }

    private function newOne(): string
    {
        $name = ['required' => 'required', 'placeholder' => 'shop-12/till-1'];
        $fields = Html::input('id', '', 'Имя: магазин/касса', $name)
            . Html::choice('store', '', 'Склад продаж', $this->choices('– выбрать позже –'))
            . Html::choice('returns', '', 'Склад возвратов', $this->choices('тот же'));
        return Html::panel('Добавить кассу', '<p>Имя – магазин и касса из настройки программы на кассе, секрет – строка'
            . ' whsec_… из её файла секрета (bitrix.secretFile).</p>'
            . $this->html->form('register-save', ['view' => 'registers'], '<div class="cp-row">' . $fields
            . '</div><div class="cp-row">' . $this->secretField() . Html::button('Добавить', 'main') . '</div>'));
    }

    private function register(RegisterRow $register): string
    {
        $hidden = ['id' => $register->id, 'view' => 'registers'];
        $stores = Html::choice('store', (string) $register->storeId, 'Склад продаж', $this->choices('– не выбран –'))
            . Html::choice('returns', (string) $register->returnsStoreId, 'Склад возвратов', $this->choices('тот же'))
            . Html::button('Сохранить', 'main');
        $switch = $register->enabled
            ? Html::button('Отключить кассу', 'danger')
            : Html::button('Включить кассу');
        $form = $this->html->form('register-save', $hidden, '<div class="cp-row">' . $stores . '</div>');
        return Html::panel($register->id, $form . '<h3>Секреты</h3>' . $this->secrets($register, $hidden)
            . $this->html->form('register-switch', $hidden, $switch));
    }

    /** @param array<string, string> $hidden */
    private function secrets(RegisterRow $register, array $hidden): string
    {
        $rows = [];
        foreach ($register->secrets as $secret) {
            $print = SettingActions::printOf($secret['secret']);
            $button = Html::button('Удалить', 'danger');
            $remove = $this->html->form('secret-remove', $hidden + ['print' => $print], $button);
            $rows[] = [
                '<code>' . Html::text($print) . '</code>',
                Html::text(Words::local($secret['since'])),
                count($register->secrets) < 2 ? '' : $remove,
            ];
        }
        return '<p class="cp-small">Чтобы сменить секрет: добавьте новый, впишите его на кассе, удалите старый.</p>'
            . Html::table(['Отпечаток', 'С какого времени', ''], $rows, 'Секретов нет.')
            . $this->html->form('secret-add', $hidden, '<div class="cp-row">' . $this->secretField()
            . Html::button('Добавить секрет') . '</div>');
    }

    private function store(int $id): string
    {
        return Html::text(($this->stores[$id] ?? 'склада больше нет') . ' [' . $id . ']');
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
