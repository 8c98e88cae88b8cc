<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Form;
use Chekpost\Office\Html;
use Chekpost\Office\Mistake;
use Chekpost\Office\Office;
use Chekpost\Office\Page;
use Chekpost\Office\Site;

/** The check and the installation in a browser, for administrators. Nothing is written without the second click. */
final class InstallPage
{
    private Office $office;
    private Html $html;

    public function __construct(Office $office)
    {
        $this->office = $office;
        $this->html = new Html($office->site->token(), Site::FOLDER . '/install.php');
    }

    /** @param array<array-key, mixed> $post $_POST */
    public function answer(string $method, array $post): string
    {
        $this->office->site->guardPage();
        if (!$this->office->site->isAdmin()) {
            return Page::forbidden();
        }
        $form = new Form($post);
        $notice = '';
        try {
            if ($method === 'POST') {
                if (!$this->office->site->tokenFits()) {
                    http_response_code(403);
                    throw new Mistake('Ничего не сделано: сессия страницы устарела. Повторите.');
                }
                if ($form->text('action') === 'install') {
                    $this->install($form);
                }
            }
        } catch (Mistake $mistake) {
            http_response_code(http_response_code() === 403 ? 403 : 422);
            $notice = Html::notice('bad', Html::text($mistake->getMessage()));
        }
        $style = (string) file_get_contents(dirname(__DIR__) . '/Office/style.css');
        return '<style>' . $style . '</style><div class="cp">' . $notice . $this->body($form) . '</div>';
    }

    private function install(Form $form): void
    {
        $installation = new Installation($this->office);
        $settings = $installation->proposed($this->wanted($form));
        if (Check::blocks((new Check($this->office))->findings($settings))) {
            throw new Mistake('Не установлено: сначала исправьте то, что отмечено «неверно»');
        }
        if (!$form->isTicked('sure')) {
            throw new Mistake('Ничего не записано: отметьте, что согласны на установку');
        }
        $installation->install($settings, false);
        $this->office->site->goTo(Site::FOLDER . '/admin.php?lang=ru');
    }

    /** @return array<string, string> */
    private function wanted(Form $form): array
    {
        $wanted = [];
        foreach (['user', 'responsible', 'mail', 'hours'] as $name) {
            if ($form->text($name) !== '') {
                $wanted[$name] = $form->text($name);
            }
        }
        return $wanted;
    }

    private function body(Form $form): string
    {
        try {
            $settings = (new Installation($this->office))->proposed($this->wanted($form));
        } catch (Mistake $mistake) {
            $settings = (new Installation($this->office))->proposed([]);
        }
        $findings = (new Check($this->office))->findings($settings);
        $number = ['inputmode' => 'numeric'];
        $fields = Html::input('user', (string) ($settings->userId ?: ''), 'Технический пользователь (номер)', $number)
            . Html::input('responsible', (string) ($settings->responsibleId ?: ''), 'Ответственный (номер)', $number)
            . Html::input('mail', $settings->ownerMail, 'Почта владельца', ['type' => 'email'])
            . Html::input('hours', $settings->tradingHours, 'Часы торговли');
        $what = '<p>Установка создаст свои таблицы (chekpost_…), настройки, четыре обработчика событий и один агент.'
            . ' Настройки магазина и каталога она не меняет.</p>';
        return Html::panel('Проверка сайта', '<p>Проверка ничего не меняет.</p>' . CheckView::table($findings))
            . Html::panel($this->office->isInstalled() ? 'Установить заново' : 'Установка', $what
            . $this->html->form('install', [], '<div class="cp-row">' . $fields . '</div>'
            . Html::tick('sure', 'Y', 'установить на ' . $settings->host)
            . '<div class="cp-row">' . Html::button('Проверить и установить', 'main') . '</div>'));
    }
}
