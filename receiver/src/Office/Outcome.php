<?php

declare(strict_types=1);

namespace Chekpost\Office;

/** What became of an action: where to go and what to say there, or a page to be shown at once. */
final class Outcome
{
    private const SENTENCES = [
        'retried' => 'Повторено. Не ждут больше: %n.',
        'applied' => 'Проведено чеков: %n.',
        'dismissed' => 'Закрыто чеков: %n.',
        'mapped' => 'Записано связей: %n.',
        'unmapped' => 'Связь удалена. Чеки, уже записанные с ней, не пересчитываются.',
        'again' => 'Проведено чеков: %n. Что не провелось, ждёт в «Отложенных».',
        'imported' => 'Из файла записано строк: %n.',
        'seen' => 'Отмечено рассмотренным.',
        'register' => 'Касса сохранена.',
        'secret' => 'Секрет добавлен. Старый действует, пока его не удалят.',
        'secret-gone' => 'Секрет удалён.',
        'settings' => 'Настройки сохранены.',
        'live' => 'Приём включён: новые чеки проводятся сразу.',
        'not-live' => 'Приём выключен: новые чеки ждут.',
        'moved' => 'Новый адрес подтверждён. На кассах подтвердите его тоже: chekpost audit --accept-ledger.',
    ];

    public string $view;
    /** @var array<string, string|int|null> */
    public array $query;
    /** @var (callable(Html): string)|null */
    public $shownHtml;

    /**
     * @param array<string, string|int|null> $query
     * @param (callable(Html): string)|null $shownHtml
     */
    private function __construct(string $view, array $query, ?callable $shownHtml)
    {
        $this->view = $view;
        $this->query = $query;
        $this->shownHtml = $shownHtml;
    }

    /** @param array<string, string|int|null> $where which part of the view */
    public static function said(string $view, string $sentence, int $number = 0, int $rest = 0, array $where = []): self
    {
        return new self($view, $where + ['said' => $sentence, 'n' => $number, 'rest' => $rest], null);
    }

    /** @param callable(Html): string $html */
    public static function shown(string $view, callable $html): self
    {
        return new self($view, [], $html);
    }

    public function html(Html $html): string
    {
        return $this->shownHtml === null ? '' : ($this->shownHtml)($html);
    }

    /**
     * Empty for a word that is none of ours: the address may have been written by anybody.
     *
     * @param int $idle receipts that turned out to move nothing, where they are not among the number
     */
    public static function sentence(string $word, int $number, int $rest, int $idle = 0): string
    {
        if (!isset(self::SENTENCES[$word])) {
            return '';
        }
        $rests = in_array($word, ['applied', 'again'], true)
            ? ' Успели не все: нажмите ещё раз.'
            : ' Остальные сайт повторит сам в ближайшие минуты.';
        return str_replace('%n', (string) $number, self::SENTENCES[$word])
            . ($idle > 0 ? ' Ничего не движут: ' . $idle . '.' : '') . ($rest > 0 ? $rests : '');
    }
}
