<?php

declare(strict_types=1);

namespace Chekpost;

use Throwable;

/** Receipts that wait: written whole, answered with their reasons, tried again by the site where time may help. */
final class Parking
{
    /** These wait for a person's word; the others for the site to become as it should be. */
    private const FOR_A_PERSON = [
        'trial', 'review', 'correction', 'may-be-site-order', 'site-order-found', 'bad-quantity', 'half-booked',
    ];
    private const FIRST_RETRY_SECONDS = 900;
    private const LAST_RETRY_SECONDS = 86400;

    private Bitrix $bitrix;
    private Ledger $ledger;
    private Settings $settings;
    private Clock $clock;

    public function __construct(Bitrix $bitrix, Ledger $ledger, Settings $settings, Clock $clock)
    {
        $this->bitrix = $bitrix;
        $this->ledger = $ledger;
        $this->settings = $settings;
        $this->clock = $clock;
    }

    /**
     * @param list<Reason> $reasons
     * @param ?EventRow $known null: the document is new
     * @return bool false when somebody has changed its state meanwhile
     */
    public function park(Sale $sale, string $body, array $reasons, Override $override, ?EventRow $known): bool
    {
        $answer = $this->answer($sale->key, $reasons, false);
        $settlement = new Settlement(EventRow::PARKED, $answer->status);
        $settlement->reasons = $reasons;
        $settlement->response = $answer->encoded();
        $settlement->retryAt = $this->retryAt($reasons, $known === null ? 0 : $known->attempts);
        $settlement->who = $override->who;
        $settlement->note = $override->note;
        if ($known !== null) {
            return $this->ledger->replace($sale, $body, $settlement, $known->state);
        }
        $this->ledger->insert($sale, $body, $settlement);
        return true;
    }

    /** @param list<Reason> $reasons */
    public function answer(string $key, array $reasons, bool $isRepeat): Answer
    {
        $body = [
            'eventId' => $key,
            'state' => EventRow::PARKED,
            'reasons' => array_map(static fn (Reason $reason): string => $reason->text, $reasons),
            'reasonCodes' => Reason::codes($reasons),
        ];
        return Answer::json(202, $isRepeat ? $body + ['duplicate' => true] : $body);
    }

    /**
     * The booking broke off after somebody else had ended the transaction: what it did until then may stand. Never
     * tried again without a person.
     */
    public function parkHalfBooked(Sale $sale, string $body, Throwable $cause): Answer
    {
        $settlement = self::interrupted();
        $answer = $this->answer($sale->key, $settlement->reasons, false);
        $settlement->response = $answer->encoded();
        $known = $this->ledger->find($sale->key);
        if ($known === null) {
            $this->ledger->insert($sale, $body, $settlement);
        } else {
            $this->ledger->replace($sale, $body, $settlement, $known->state);
        }
        $this->alarm($sale->key, 'Проведение прервалось на середине: ' . $cause->getMessage());
        return $answer;
    }

    /** What stands in the ledger while a booking is under way, and is left when everything after it was lost. */
    public static function interrupted(): Settlement
    {
        $settlement = new Settlement(EventRow::PARKED, 202);
        $settlement->suspect = EventRow::HALF_BOOKED;
        $settlement->reasons = [Reasons::halfBooked()];
        return $settlement;
    }

    /** For the owner, once for each document: another module ends transactions that are not its own. */
    public function alarm(string $key, string $what): void
    {
        try {
            if ($this->ledger->isAudited($key, 'transaction-ended')) {
                return;
            }
            $this->ledger->audit('chekpost', 'transaction-ended', $key, ['what' => $what]);
            if ($this->settings->ownerMail !== '') {
                $this->bitrix->mail($this->settings->ownerMail, "Чек {$key}: проверьте остатки", $what . "\n\n"
                    . 'Обработчик события стороннего модуля завершает транзакции приёмника чеков (COMMIT, ROLLBACK или '
                    . 'изменение таблиц). Покажите это письмо разработчику сайта.');
            }
        } catch (Throwable $error) {
            error_log("chekpost: $key: $what; the alarm itself failed: " . $error->getMessage());
        }
    }

    /** @param list<Reason> $reasons */
    private function retryAt(array $reasons, int $attempts): ?string
    {
        if (array_intersect(Reason::codes($reasons), self::FOR_A_PERSON) !== []) {
            return null;
        }
        $seconds = min(self::FIRST_RETRY_SECONDS << min($attempts, 10), self::LAST_RETRY_SECONDS);
        return SystemClock::sql($this->clock->now() + $seconds);
    }
}
