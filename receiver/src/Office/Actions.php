<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\EventRow;
use Chekpost\Override;
use Chekpost\Reason;

/** What a person does with receipts that wait: try again, book all the same, dismiss. Everything leaves a trace. */
final class Actions
{
    /** What one click books although it may be wrong: a person has looked. */
    public const APPLICABLE = ['may-be-site-order', 'site-order-found', 'review', 'correction'];
    private const AT_ONCE = 1000;

    private Office $office;
    private Form $form;
    /** @var array<array-key, mixed> */
    private array $files;
    private Retrying $retrying;
    private Parked $parked;

    /** @param array<array-key, mixed> $files $_FILES */
    public function __construct(Office $office, Form $form, array $files)
    {
        $this->office = $office;
        $this->form = $form;
        $this->files = $files;
        $this->retrying = new Retrying($office);
        $this->parked = new Parked($office->database);
    }

    public function take(string $action): Outcome
    {
        switch ($action) {
            case 'retry':
                return $this->retry([$this->key()], Override::none(), 'receipt', ['key' => $this->key()]);
            case 'retry-group':
                return $this->retry($this->group(), Override::none(), 'parked', []);
            case 'apply':
                return $this->apply([$this->key()], 'receipt', ['key' => $this->key()]);
            case 'apply-group':
                return $this->apply($this->group(), 'parked', []);
            case 'dismiss':
                return $this->dismiss([$this->key()], 'receipt', ['key' => $this->key()]);
            case 'dismiss-group':
                return $this->dismiss($this->group(), 'parked', []);
            case 'trial-book':
                return $this->bookTrial();
            case 'trial-dismiss':
                return $this->dismiss($this->parked->trialKeys(self::AT_ONCE), 'parked', []);
            case 'suspect-seen':
                return $this->suspectSeen();
        }
        return strncmp($action, 'map-', 4) === 0
            ? (new MapActions($this->office, $this->form, $this->files, $this->retrying))->take($action)
            : (new SettingActions($this->office, $this->form, $this->retrying))->take($action);
    }

    private function key(): string
    {
        return $this->event($this->form->text('key'))->key;
    }

    private function event(string $key): EventRow
    {
        $event = $this->office->ledger->find($key);
        if ($event === null) {
            throw new Mistake('Такого чека в журнале нет');
        }
        return $event;
    }

    /** @return list<string> */
    private function group(): array
    {
        $keys = $this->parked->keysOf($this->form->text('group'), self::AT_ONCE);
        if ($keys === []) {
            throw new Mistake('В этой группе больше ничего не ждёт');
        }
        return $keys;
    }

    /**
     * @param list<string> $keys
     * @param array<string, string> $where
     */
    private function retry(array $keys, Override $override, string $view, array $where): Outcome
    {
        foreach (count($keys) === 1 ? $keys : [] as $key) {
            if ($this->event($key)->state === EventRow::BOOKED) {
                throw new Mistake('Этот чек уже проведён');
            }
        }
        $done = $this->retrying->run($keys, Retrying::SECONDS, false, $override);
        $action = $override->applies ? 'apply' : 'retry';
        if (count($keys) > 1) {
            $this->retrying->auditEach($action);
        }
        $this->office->audit($action, count($keys) === 1 ? $keys[0] : null, $done);
        if ($override->applies) {
            $where += $done['ignored'] > 0 ? ['idle' => (string) $done['ignored']] : [];
            return Outcome::said($view, 'applied', $done['booked'], $done['rest'], $where);
        }
        return Outcome::said($view, 'retried', $done['booked'] + $done['ignored'], $done['rest'], $where);
    }

    /**
     * @param list<string> $keys
     * @param array<string, string> $where
     */
    private function apply(array $keys, string $view, array $where): Outcome
    {
        foreach ($keys as $key) {
            $this->checkApplicable($this->event($key), count($keys) > 1 || $view === 'parked');
        }
        $note = $this->form->text('note');
        $override = Override::apply($this->office->site->who(), $note === '' ? null : $note);
        return $this->retry($keys, $override, $view, $where);
    }

    private function checkApplicable(EventRow $event, bool $isOfGroup): void
    {
        if ($isOfGroup && $event->state !== EventRow::PARKED) {
            return;
        }
        self::refuseSettled($event, [EventRow::DISMISSED => '. Чтобы провести его, сначала верните его в работу']);
        if ($isOfGroup && $event->suspect === EventRow::HALF_BOOKED) {
            throw new Mistake('Прерванные проведения решают отдельно: откройте чек ' . $event->key
                . ' и сверьте его документ и остатки');
        }
        if (!ParkedView::isApplicable($event, $this->office->settings->live)) {
            $others = array_diff(Reason::codes($event->reasons), self::APPLICABLE);
            throw new Mistake(($isOfGroup ? $event->key . '. ' : '') . 'Сначала устраните другую причину: '
                . implode(', ', array_map([Words::class, 'reason'], $others)));
        }
    }

    /** Somebody was quicker, or the button was pressed twice. @param array<string, string> $besides by state */
    private static function refuseSettled(EventRow $event, array $besides): void
    {
        $states = [EventRow::BOOKED => 'проведён', EventRow::DISMISSED => 'закрыт',
            EventRow::IGNORED => 'записан и ничего не движет'];
        if (isset($states[$event->state])) {
            throw new Mistake('Этот чек уже ' . $states[$event->state] . ($besides[$event->state] ?? ''));
        }
    }

    /**
     * @param list<string> $keys
     * @param array<string, string> $where
     */
    private function dismiss(array $keys, string $view, array $where): Outcome
    {
        if (count($keys) === 1) {
            $nothing = ', закрывать нечего';
            self::refuseSettled($this->event($keys[0]), [EventRow::BOOKED => $nothing,
                EventRow::DISMISSED => $nothing, EventRow::IGNORED => $nothing]);
        }
        $note = $this->form->needed('note', 'Чтобы закрыть чек, напишите, почему: пометка останется в журнале');
        $dismissed = 0;
        foreach ($keys as $key) {
            if ($this->event($key)->state === EventRow::PARKED) {
                $this->office->ledger->dismiss($key, $this->office->site->who(), $note);
                $dismissed++;
            }
        }
        if ($dismissed === 0) {
            throw new Mistake('Закрывать нечего: эти чеки уже решены');
        }
        return Outcome::said($view, 'dismissed', $dismissed, 0, $where);
    }

    private function bookTrial(): Outcome
    {
        if (!$this->office->settings->live) {
            throw new Mistake('Сначала включите приём в настройках: в пробном режиме чеки не проводятся');
        }
        $keys = $this->parked->trialKeys(self::AT_ONCE);
        return $this->retry($keys, Override::none(), 'parked', []);
    }

    private function suspectSeen(): Outcome
    {
        $event = $this->event($this->form->text('key'));
        $note = $this->form->needed('note', 'Напишите, что выяснилось: пометка останется в журнале');
        $this->office->database->execute('UPDATE chekpost_event SET suspect = NULL WHERE event_key = ?', [$event->key]);
        $this->office->audit('suspect-seen', $event->key, ['suspect' => $event->suspect, 'note' => $note]);
        return Outcome::said('suspects', 'seen');
    }
}
