<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\EventRow;
use Chekpost\Reason;

/** Receipts that wait, gathered by what they wait for: what is settled for one is settled for all of its group. */
final class ParkedView
{
    public const NOTE = 'Пометка: почему (обязательно)';

    private const GRAVE = ['failed', 'refused', EventRow::HALF_BOOKED];

    private Office $office;
    private Html $html;
    private Parked $parked;

    public function __construct(Office $office, Html $html)
    {
        $this->office = $office;
        $this->html = $html;
        $this->parked = new Parked($office->database);
    }

    public function groups(int $page): string
    {
        $rows = [];
        foreach ($this->parked->groups($page) as $group) {
            $rows[] = [
                $this->html->link('group', ['group' => $group['group']], Words::receipts($group['count'])),
                $this->marks($group['sample']),
                $this->texts($group['sample'], 3),
            ];
        }
        $table = Html::table(['Ждут', 'Причина', 'Что сделать'], $rows, 'Ничего не ждёт: все чеки решены.');
        return $this->trial() . $this->codesHint() . Html::panel('Отложенные чеки', $table
            . $this->pages('parked', [], $page, $this->parked->groupCount()));
    }

    public function group(string $group, int $page): string
    {
        $events = $this->office->ledger->parked(Parked::PAGE, $page * Parked::PAGE, $group);
        if ($events === []) {
            return Html::panel('Группа', '<p>В этой группе больше ничего не ждёт. '
                . $this->html->link('parked', [], 'Все отложенные') . '</p>');
        }
        $rows = [];
        foreach ($events as $event) {
            $rows[] = [
                $this->html->link('receipt', ['key' => $event->key], $event->key),
                Html::text($event->registerId),
                Html::text(ReceiptView::localTime($event->occurredAt)),
                Html::text(ReceiptView::total($event)),
                Html::text((string) $event->attempts),
            ];
        }
        $table = Html::table(['Чек', 'Касса', 'Пробит', 'Сумма', 'Попыток'], $rows, '');
        return Html::panel('Одна причина', $this->marks($events[0]) . $this->texts($events[0], 20)
            . $this->groupForms($group, $events[0])) . Html::panel('Чеки', $table
            . $this->pages('group', ['group' => $group], $page, $this->parked->countOf($group)));
    }

    /** @return bool whether one click may book what these reasons hold back */
    public static function isApplicable(EventRow $event, bool $isLive): bool
    {
        if ($event->suspect === EventRow::HALF_BOOKED) {
            // A person has looked at the document and the stock; nothing else books it.
            return true;
        }
        $others = array_diff(Reason::codes($event->reasons), Actions::APPLICABLE, $isLive ? ['trial'] : []);
        return $others === [] && array_intersect(Reason::codes($event->reasons), Actions::APPLICABLE) !== [];
    }

    public function marks(EventRow $event): string
    {
        $html = '';
        foreach (Reason::codes($event->reasons) as $code) {
            $html .= Html::mark(in_array($code, self::GRAVE, true) ? 'bad' : 'warn', Words::reason($code)) . ' ';
        }
        return $html;
    }

    public function texts(EventRow $event, int $most): string
    {
        $html = '';
        foreach (array_slice($event->reasons, 0, $most) as $reason) {
            $html .= '<p>' . Html::text($reason->text) . '</p>';
        }
        $more = count($event->reasons) - $most;
        return $html . ($more > 0 ? '<p class="cp-quiet">и ещё ' . $more . '</p>' : '');
    }

    private function groupForms(string $group, EventRow $sample): string
    {
        $hidden = ['group' => $group, 'view' => 'parked'];
        if ($sample->suspect === EventRow::HALF_BOOKED) {
            return '<p>Каждый решают отдельно: откройте чек, сверьте его документ и остатки его товаров, затем закройте'
                . ' его с пометкой или проведите.</p>';
        }
        $html = '<div class="cp-row">'
            . $this->html->form('retry-group', $hidden, Html::button('Повторить все', 'main'));
        if (self::isApplicable($sample, $this->office->settings->live)) {
            $html .= $this->html->form('apply-group', $hidden, Html::button('Провести все'));
        }
        return $html . '</div>'
            . $this->html->noteForm('dismiss-group', $hidden, self::NOTE, 'Закрыть все с пометкой');
    }

    private function trial(): string
    {
        $count = $this->parked->trialCount();
        if ($count === 0) {
            return '';
        }
        $forms = $this->office->settings->live
            ? $this->html->form('trial-book', ['view' => 'parked'], Html::button('Провести пробные', 'main'))
            : '<p>Приём выключен: провести их можно будет после ' . $this->html->link('settings', [], 'включения')
                . '.</p>';
        return Html::panel('Пробные чеки: ' . $count, '<p>Они пришли, пока приём был выключен. Если остатки с тех пор'
            . ' пересчитаны или загружены из 1С, закройте их; если нет – проведите.</p>' . $forms
            . $this->html->noteForm('trial-dismiss', ['view' => 'parked'], self::NOTE, 'Закрыть пробные с пометкой'));
    }

    private function codesHint(): string
    {
        $codes = count($this->parked->unknownCodes());
        return $codes === 0 ? '' : Html::notice('warn', 'Незнакомых кодов и названий: ' . $codes
            . '. Удобнее решить их разом: ' . $this->html->link('codes', [], 'Незнакомые коды') . '.');
    }

    /** @param array<string, string> $query */
    private function pages(string $view, array $query, int $page, int $count): string
    {
        return $this->html->turn($view, $query, $page, ($page + 1) * Parked::PAGE < $count);
    }
}
