<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Setup\Live;

/** Settings, and the switch between waiting and booking. */
final class SettingsView
{
    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    /** @param Form|null $given what was typed and could not be taken */
    public function html(?Form $given): string
    {
        return Html::panel('Приём чеков', $this->office->settings->live ? $this->isOn() : $this->isOff())
            . Html::panel('Настройки', $this->settings($given))
            . Html::panel('Приёмник', $this->identity());
    }

    private function isOn(): string
    {
        $confirmed = $this->office->settings->shortConfirmed;
        return '<p>' . Html::mark('good', 'включён') . ' Чеки проводятся сразу.</p>'
            . ($confirmed === '' ? '' : '<p class="cp-quiet">Нехватку подтвердил ' . Html::text($confirmed) . '</p>')
            . $this->html->form('live-off', ['view' => 'settings'], Html::button('Выключить приём', 'danger'));
    }

    private function isOff(): string
    {
        $settings = $this->office->settings;
        $verdict = BelowZero::look($this->office->site, $this->office->database, $settings);
        $html = '<p>' . Html::mark('warn', 'пробный режим') . ' Чеки приходят и ждут. Посмотрите на них, решите'
            . ' незнакомые коды, затем включите приём.</p><p>Продажа в минус: ' . Html::text($verdict->text) . '.</p>';
        if ($verdict->can || $settings->shortConfirmed !== '') {
            return $html . $this->html->form('live-on', ['view' => 'settings'], Html::button('Включить приём', 'main'));
        }
        $fields = Html::input('name', '', 'Имя и фамилия', ['maxlength' => '100'])
            . Html::input('sentence', '', 'Подтверждение', ['size' => '50', 'autocomplete' => 'off'])
            . Html::button('Подтвердить и включить приём', 'main');
        return $html . '<p>Что сделать: ' . Html::text($verdict->mend) . '.</p><p>Либо подтвердите письменно. Товар уже'
            . ' ушёл из магазина, но чек, на который не хватает остатка, не проведётся, пока его не решит человек.'
            . ' Впишите имя и слова «' . Html::text(Live::SENTENCE) . '»:</p>'
            . $this->html->form('live-on', ['view' => 'settings'], '<div class="cp-row">' . $fields . '</div>');
    }

    private function settings(?Form $given): string
    {
        $settings = $this->office->settings;
        $isGiven = $given !== null && $given->text('action') === 'settings-save';
        $number = ['inputmode' => 'numeric', 'size' => '8'];
        $fields = [
            ['ownerMail', $settings->ownerMail, 'Почта владельца', ['type' => 'email', 'size' => '30']],
            ['tradingHours', $settings->tradingHours, 'Часы торговли', ['size' => '12']],
            ['articleProperty', $settings->articleProperty, 'Свойство с артикулом', ['size' => '16']],
            ['userId', (string) $settings->userId, 'Технический пользователь', $number],
            ['responsibleId', (string) $settings->responsibleId, 'Ответственный за документы', $number],
        ];
        $html = '<div class="cp-row">';
        foreach ($fields as [$name, $stored, $label, $more]) {
            $html .= Html::input($name, $given !== null && $isGiven ? $given->text($name) : $stored, $label, $more);
        }
        $cache = 'после чека сбрасывать тегированный кеш инфоблока (если витрина показывает старые остатки)';
        $html .= '</div>' . Html::tick('clearTagCache', 'Y', $cache, $settings->clearTagCache)
            . '<p class="cp-small">Письма: касса молчит два часа рабочего времени, 7 и 20 дней; чеки ждут больше суток.'
            . ' Свойство с артикулом пусто – по артикулу не искать.</p>' . Html::button('Сохранить', 'main');
        return $this->html->form('settings-save', ['view' => 'settings'], $html);
    }

    private function identity(): string
    {
        $settings = $this->office->settings;
        $address = 'https://' . $settings->host . Site::FOLDER . '/sale.php';
        $html = '<p><span class="cp-quiet">Журнал:</span> <code>' . Html::text($settings->ledgerId) . '</code></p>'
            . '<p><span class="cp-quiet">Адрес для кассы:</span> <code>' . Html::text($address) . '</code></p>';
        if ($this->office->site->host() === $settings->host) {
            return $html;
        }
        $label = 'Новый адрес: ' . $this->office->site->host();
        return $html . '<p>Сайт переехал сюда насовсем? Впишите новый адрес. На копии для разработки этого делать'
            . ' нельзя: она начнёт принимать чеки и слать письма.</p>'
            . $this->html->form('moved', ['view' => 'settings'], '<div class="cp-row">'
            . Html::input('host', '', $label, ['autocomplete' => 'off'])
            . Html::button('Подтвердить переезд', 'danger') . '</div>');
    }
}
