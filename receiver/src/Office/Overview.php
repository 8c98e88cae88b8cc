<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\RegisterRow;
use Chekpost\Row;
use Chekpost\SystemClock;
use Chekpost\Watch\Watch;

/** Is everything well? Registers first: a silent one is the only trouble that grows by itself. */
final class Overview
{
    /** Two heartbeats and a half: whoever has spoken since then is running now. */
    private const ALIVE_SECONDS = 1500;
    private const SILENT_SECONDS = 7200;
    private const DEVICE = [
        'connecting' => 'подключается к кассе',
        'lost' => 'касса не отвечает',
        'stopped' => 'касса ждёт человека',
        'halted' => 'чей накопитель? решает человек',
    ];

    private Office $office;
    private Html $html;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
    }

    public function html(): string
    {
        return $this->state() . $this->numbers() . $this->registers();
    }

    /**
     * Installations that speak for the register at the moment: two of them means that one is a copy.
     *
     * @return list<string>
     */
    public static function living(RegisterRow $register, int $now): array
    {
        $living = [];
        foreach ($register->instances as $instance => $seen) {
            if ($now - (int) strtotime($seen['at']) <= self::ALIVE_SECONDS) {
                $living[] = (string) $instance;
            }
        }
        return $living;
    }

    private function state(): string
    {
        $settings = $this->office->settings;
        $html = '';
        if (!$settings->live) {
            $html .= Html::notice('warn', '<b>Пробный режим.</b> Чеки приходят и ждут, остатки не меняются. '
                . $this->html->link('settings', [], 'Включить приём'));
        }
        if ($settings->booking === 'quantity') {
            $html .= Html::notice('warn', 'Без складского учёта: чек меняет только количество товара, документов нет.');
        }
        if ($this->office->isAtHome() && Watch::idleSeconds($this->office) > Watch::IDLE_SECONDS) {
            $html .= Html::notice('warn', 'Сторож не работал больше часа: о молчании касс никто не узнает. '
                . $this->html->link('check', [], 'Что сделать'));
        }
        if ($settings->ownerMail === '') {
            $html .= Html::notice('warn', 'Почта владельца не указана: о молчании касс никто не узнает. '
                . $this->html->link('settings', [], 'Указать'));
        }
        return $html;
    }

    private function numbers(): string
    {
        $day = SystemClock::sql($this->office->clock->now() - 86400);
        $rows = $this->office->database->query(
            "SELECT COALESCE(SUM(state = 'booked'), 0) AS B, COALESCE(SUM(state = 'ignored'), 0) AS I,"
                . ' (SELECT COUNT(*) FROM chekpost_event WHERE suspect IS NOT NULL) AS S FROM chekpost_event'
                . " WHERE state IN ('booked', 'ignored') AND updated_at >= ?",
            [$day]
        );
        $row = new Row($rows[0] ?? []);
        $suspects = $row->int('S');
        $parked = (new Parked($this->office->database))->count();
        $numbers = [
            'Проведено за сутки' => (string) $row->int('B'),
            'Ничего не двигали' => (string) $row->int('I'),
            'Ждут решения' => $parked === 0 ? '0' : $this->html->link('parked', [], (string) $parked),
            'Подозрения' => $suspects === 0 ? '0' : $this->html->link('suspects', [], (string) $suspects),
        ];
        $html = '<dl class="cp-numbers">';
        foreach ($numbers as $what => $numberHtml) {
            $html .= '<div><dt>' . Html::text($what) . '</dt><dd>' . $numberHtml . '</dd></div>';
        }
        return Html::panel('Чеки', $html . '</dl>');
    }

    private function registers(): string
    {
        $rows = [];
        foreach ($this->office->registers->all() as $register) {
            $rows[] = $this->register($register);
        }
        return Html::panel('Кассы', Html::table(
            ['Касса', 'Состояние', 'Последний запрос', 'Ждут на кассе', 'Программа'],
            $rows,
            'Касс пока нет. Добавьте первую на странице «Кассы».'
        ));
    }

    /** @return list<string> */
    private function register(RegisterRow $register): array
    {
        $now = $this->office->clock->now();
        $heartbeat = json_decode($register->heartbeat ?? '', true);
        $heartbeat = is_array($heartbeat) ? $heartbeat : [];
        return [
            '<b>' . Html::text($register->id) . '</b>',
            $this->condition($register, $heartbeat, $now),
            $this->ago($register->seenAt, $now) . '<br><span class="cp-small">отчёт о себе: '
                . $this->ago($register->heartbeatAt, $now) . '</span>',
            $this->waiting($heartbeat),
            Html::text(self::textOf($heartbeat, 'agent', 'version')) . '<br><span class="cp-small">'
                . Html::text(implode(', ', array_map([self::class, 'short'], array_keys($register->instances))))
                . '</span>',
        ];
    }

    /** @param array<array-key, mixed> $heartbeat */
    private function condition(RegisterRow $register, array $heartbeat, int $now): string
    {
        if (!$register->enabled) {
            return Html::mark('quiet', 'отключена');
        }
        if (count(self::living($register, $now)) > 1) {
            return Html::mark('bad', 'две программы сразу') . '<br><span class="cp-small">Одну кассу читают две'
                . ' установки: одна из них – копия. Остановите лишнюю.</span>';
        }
        if ($register->storeId === null) {
            return Html::mark('bad', 'нет склада') . '<br>' . $this->html->link('registers', [], 'Выбрать склад');
        }
        if ($register->seenAt === null) {
            return Html::mark('quiet', 'ещё не выходила на связь');
        }
        if ($now - self::unix($register->seenAt) > self::SILENT_SECONDS) {
            return Html::mark('warn', 'молчит');
        }
        $device = self::textOf($heartbeat, 'device', 'state');
        return isset(self::DEVICE[$device])
            ? Html::mark('warn', self::DEVICE[$device])
            : Html::mark('good', 'на связи');
    }

    /** @param array<array-key, mixed> $heartbeat */
    private function waiting(array $heartbeat): string
    {
        $outbox = is_array($heartbeat['outbox'] ?? null) ? $heartbeat['outbox'] : [];
        if ($outbox === []) {
            return '';
        }
        $count = (int) ($outbox['waiting'] ?? 0);
        $oldest = Words::span((int) ($outbox['oldestSeconds'] ?? 0));
        $html = $count === 0 ? '0' : Html::text($count . ', старший ' . $oldest);
        foreach (['parked' => 'отложено на кассе', 'gaps' => 'пропусков'] as $field => $word) {
            $number = (int) ($outbox[$field] ?? 0);
            $html .= $number === 0 ? '' : '<br>' . Html::mark('warn', $word . ': ' . $number);
        }
        $offset = $heartbeat['clockOffsetSeconds'] ?? null;
        return $html . (is_int($offset) ? '<br>' . Html::mark('warn', 'часы: ' . $offset . ' с') : '');
    }

    private function ago(?string $utc, int $now): string
    {
        if ($utc === null) {
            return '–';
        }
        $ago = Words::span($now - self::unix($utc)) . ' назад';
        return '<time datetime="' . Html::text(str_replace(' ', 'T', $utc) . 'Z') . '" title="'
            . Html::text(Words::local($utc)) . '">' . Html::text($ago) . '</time>';
    }

    private static function unix(string $utc): int
    {
        return (int) strtotime($utc . ' UTC');
    }

    private static function short(string $instance): string
    {
        return mb_substr($instance, 0, 8);
    }

    /** @param array<array-key, mixed> $heartbeat */
    private static function textOf(array $heartbeat, string $part, string $field): string
    {
        $value = is_array($heartbeat[$part] ?? null) ? ($heartbeat[$part][$field] ?? '') : '';
        return is_string($value) ? mb_substr($value, 0, 40) : '';
    }
}
