<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\DatabaseError;
use Chekpost\Setup\CheckView;

/**
 * The page of the back office. GET shows, POST does one thing and then has the page shown anew. It works without
 * JavaScript, and nothing on it comes from elsewhere.
 */
final class Page
{
    private const VIEWS = [
        'overview' => 'Обзор',
        'parked' => 'Отложенные',
        'codes' => 'Незнакомые коды',
        'map' => 'Связи товаров',
        'registers' => 'Кассы',
        'suspects' => 'Подозрения',
        'documents' => 'Документы',
        'audit' => 'Журнал',
        'settings' => 'Настройки',
        'check' => 'Проверка',
    ];

    private Office $office;
    private Html $html;
    private Form $query;

    /** @param array<array-key, mixed> $query $_GET */
    public function __construct(Office $office, array $query)
    {
        $this->office = $office;
        $this->html = new Html($office->site->token(), Site::FOLDER . '/admin.php');
        $this->query = new Form($query);
    }

    /**
     * @param array<array-key, mixed> $post $_POST
     * @param array<array-key, mixed> $files $_FILES
     * @return string what stands between the back office's head and foot
     */
    public function answer(string $method, array $post, array $files): string
    {
        $this->office->site->guardPage();
        try {
            return $this->answered($method, $post, $files);
        } catch (DatabaseError $error) {
            error_log('chekpost: ' . $error->getMessage());
            http_response_code(503);
            return Html::notice('bad', 'База данных не ответила. Повторите через минуту; если не поможет, выполните на'
                . ' сервере <code>php local/chekpost/install.php check</code>.');
        }
    }

    /**
     * @param array<array-key, mixed> $post
     * @param array<array-key, mixed> $files
     */
    private function answered(string $method, array $post, array $files): string
    {
        if (!$this->office->isInstalled()) {
            return $this->framed('check', Html::notice('warn', 'Приёмник ещё не установлен. '
                . '<a href="' . Html::text(Site::FOLDER . '/install.php') . '">Проверить сайт и установить</a>'));
        }
        if ($method !== 'POST' && $this->query->text('download') === 'map') {
            $this->download();
        }
        if ($method !== 'POST') {
            return $this->shown($this->view(), $this->said());
        }
        return $this->did(new Form($post), $files);
    }

    public static function forbidden(): string
    {
        http_response_code(403);
        return Html::notice('bad', 'Эта страница – для администраторов сайта.');
    }

    /** The map as a file. Ends the answer. */
    public function download(): void
    {
        $file = new MapFile($this->office->map, $this->office->products);
        $this->office->site->sendFile('chekpost-map.csv', $file->export());
    }

    /** @param array<array-key, mixed> $files */
    private function did(Form $form, array $files): string
    {
        if (!$this->office->site->tokenFits()) {
            http_response_code(403);
            return $this->shown($this->view(), Html::notice('bad', 'Ничего не сделано: сессия страницы устарела или'
                . ' запрос пришёл с чужого сайта. Повторите действие на этой странице.'));
        }
        $action = $form->text('action');
        try {
            if (!$this->office->isAtHome() && $action !== 'moved') {
                throw new Mistake('Это копия сайта: приёмник установлен на ' . $this->office->settings->host
                    . '. Здесь можно только смотреть.');
            }
            $outcome = (new Actions($this->office, $form, $files))->take($action);
            if ($outcome->shownHtml !== null) {
                return $this->framed($outcome->view, $outcome->html($this->html));
            }
            $this->office->site->goTo($this->html->address($outcome->view, $outcome->query));
            return '';
        } catch (Mistake $mistake) {
            http_response_code(422);
            $view = $form->text('view');
            return $this->shown(
                isset(self::VIEWS[$view]) || $view === 'receipt' ? $view : 'overview',
                Html::notice('bad', Html::text($mistake->getMessage())),
                $form
            );
        }
    }

    private function view(): string
    {
        $view = $this->query->text('view');
        return isset(self::VIEWS[$view]) || $view === 'receipt' || $view === 'group' ? $view : 'overview';
    }

    private function said(): string
    {
        $query = $this->query;
        $numbers = [$query->number('n'), $query->number('rest'), $query->number('idle')];
        $text = Outcome::sentence($query->text('said'), ...$numbers);
        return $text === '' ? '' : Html::notice('good', Html::text($text));
    }

    private function shown(string $view, string $noticeHtml, ?Form $given = null): string
    {
        $query = $given ?? $this->query;
        switch ($view) {
            case 'parked':
                $body = (new ParkedView($this->office, $this->html))->groups($query->number('page'));
                break;
            case 'group':
                $body = (new ParkedView($this->office, $this->html))
                    ->group($query->text('group'), $query->number('page'));
                break;
            case 'receipt':
                $body = (new ReceiptView($this->office, $this->html))->html($query->text('key'));
                break;
            case 'codes':
                $body = (new CodesView($this->office, $this->html))->html();
                break;
            case 'map':
                $map = new MapView($this->office, $this->html);
                $body = $map->undone($query) . $map->html($query->text('find'), $query->number('page'));
                break;
            case 'registers':
                $body = (new RegistersView($this->office, $this->html))->html($query->text('id'));
                break;
            case 'settings':
                $body = (new SettingsView($this->office, $this->html))->html($given);
                break;
            case 'check':
                $body = (new CheckView($this->office))->html();
                break;
            case 'suspects':
            case 'documents':
            case 'audit':
                $body = (new RecordsView($this->office, $this->html))->$view($query);
                break;
            default:
                $body = (new Overview($this->office, $this->html))->html();
        }
        return $this->framed($view, $noticeHtml . $body);
    }

    private function framed(string $view, string $bodyHtml): string
    {
        $under = ['group' => 'parked', 'receipt' => 'parked'][$view] ?? $view;
        $tabs = '';
        $parked = $this->office->isInstalled() ? (new Parked($this->office->database))->count() : 0;
        foreach (self::VIEWS as $name => $title) {
            $count = $name === 'parked' && $parked > 0 ? ' <b>' . $parked . '</b>' : '';
            $tabs .= '<li><a href="' . Html::text($this->html->address($name)) . '"'
                . ($name === $under ? ' aria-current="page"' : '') . '>' . Html::text($title) . $count . '</a></li>';
        }
        $style = (string) file_get_contents(__DIR__ . '/style.css');
        $copy = $this->office->isInstalled() && !$this->office->isAtHome() ? $this->copyNotice() : '';
        return '<style>' . $style . '</style><div class="cp"><nav aria-label="Разделы"><ul class="cp-tabs">' . $tabs
            . '</ul></nav>' . $copy . $bodyHtml . '</div>';
    }

    private function copyNotice(): string
    {
        return Html::notice('bad', '<b>Это копия сайта.</b> Приёмник установлен на <b>'
            . Html::text($this->office->settings->host) . '</b>, а открыт ' . Html::text($this->office->site->host())
            . '. Чеки здесь не принимаются, письма не уходят, ничего не проводится. Если сайт переехал, подтвердите'
            . ' новый адрес: ' . $this->html->link('settings', [], 'Настройки') . '.');
    }
}
