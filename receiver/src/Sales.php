<?php

declare(strict_types=1);

namespace Chekpost;

use Throwable;

/** Takes each document once: books it, parks it with the reasons, or says what became of it before. */
final class Sales
{
    private const BUSY_SECONDS = 2;
    private const FAILED_SECONDS = 30;
    private const MISSING_SECONDS = 60;
    /** A throw may be an accident twice. */
    private const MOST_FAILURES = 3;
    private const AUDITED_BYTES = 20000;

    private Bitrix $bitrix;
    private Database $database;
    private Ledger $ledger;
    private Judge $judge;
    private Parking $parking;
    private Settings $settings;

    public function __construct(
        Bitrix $bitrix,
        Database $database,
        Ledger $ledger,
        Judge $judge,
        Parking $parking,
        Settings $settings
    ) {
        $this->bitrix = $bitrix;
        $this->database = $database;
        $this->ledger = $ledger;
        $this->judge = $judge;
        $this->parking = $parking;
        $this->settings = $settings;
    }

    /** A document from the shop, new or repeated. `$rawBody` is kept as it came. */
    public function receive(Sale $sale, string $rawBody): Answer
    {
        return $this->guarded($sale, $rawBody, function () use ($sale, $rawBody): Answer {
            $known = $this->ledger->find($sale->key);
            return $known === null
                ? $this->attempt($sale, $rawBody, Override::none(), null)
                : $this->repeat($known, $sale, $rawBody);
        });
    }

    /** A document of the ledger again, with its body: a person wants it, or its time has come. */
    public function retry(string $key, Override $override): Answer
    {
        try {
            return $this->retryKnown($key, $this->ledger->find($key), $override);
        } catch (DatabaseError $error) {
            error_log("chekpost: $key: " . $error->getMessage());
            return Answer::later(self::BUSY_SECONDS, 'busy', 'База данных сайта сейчас недоступна')
                ->with(['eventId' => $key]);
        }
    }

    private function retryKnown(string $key, ?EventRow $known, Override $override): Answer
    {
        if ($known === null) {
            return Answer::error(404, 'unknown-key', "Чека {$key} в журнале нет")->with(['eventId' => $key]);
        }
        $isHalfBooked = $known->suspect === EventRow::HALF_BOOKED && !$override->applies;
        if ($known->state === EventRow::BOOKED || $known->type === Sale::REPORT || $isHalfBooked) {
            return $this->stored($known);
        }
        try {
            $sale = SaleBody::read(Json::object($known->body));
        } catch (BodyError $error) {
            return Answer::error(400, $error->error, $error->getMessage())->with(['eventId' => $key]);
        }
        return $this->guarded(
            $sale,
            $known->body,
            fn (): Answer => $this->attempt($sale, $known->body, $override, $known)
        );
    }

    /** Counts a throw, or an end of the process, at this document; the third one parks it. */
    public function countFailure(Sale $sale, string $rawBody, string $error): Answer
    {
        error_log("chekpost: {$sale->key}: $error");
        $known = $this->ledger->find($sale->key);
        if ($known !== null && ($known->state === EventRow::BOOKED || $known->suspect === EventRow::HALF_BOOKED)) {
            return $this->stored($known);
        }
        $failures = $this->ledger->countFailure($sale->key, $error);
        if ($failures >= self::MOST_FAILURES) {
            $reasons = [Reasons::failed($failures, $error)];
            return $this->park($sale, $rawBody, $reasons, Override::none(), $known);
        }
        return $this->later($sale, self::FAILED_SECONDS, 'failed', 'Не удалось провести чек, попробуйте позже');
    }

    private function repeat(EventRow $known, Sale $sale, string $rawBody): Answer
    {
        if (!hash_equals($known->fingerprint, $sale->fingerprint())) {
            // The column holds 64 KiB; a body that is longer is no receipt.
            $detail = ['body' => mb_strcut($rawBody, 0, self::AUDITED_BYTES, 'UTF-8')];
            $this->ledger->audit($sale->registerId, 'facts-differ', $sale->key, $detail);
            return Answer::error(422, 'facts-differ', 'Под этим номером уже принят другой чек')
                ->with(['eventId' => $sale->key]);
        }
        if ($known->registerId !== $sale->registerId) {
            // A drive belongs to one register; whoever else has its documents does not take them over.
            if (!$this->ledger->isAudited($sale->key, 'other-register')) {
                $this->ledger->audit($sale->registerId, 'other-register', $sale->key, ['first' => $known->registerId]);
            }
            return $this->stored($known);
        }
        $isTrial = in_array('trial', Reason::codes($known->reasons), true);
        if ($known->state !== EventRow::PARKED || $known->suspect === EventRow::HALF_BOOKED || $isTrial) {
            if ($isTrial) {
                // It is not booked without a person: a lost outbox sends everything again.
                $this->ledger->keepBody($sale->key, $rawBody);
            }
            return $this->stored($known);
        }
        return $this->attempt($sale, $rawBody, Override::none(), $known);
    }

    /** What became of it before; and whether somebody has undone the document since: it is never made again. */
    private function stored(EventRow $known): Answer
    {
        if ($known->suspect === EventRow::HALF_BOOKED) {
            $this->parking->alarm($known->key, 'Проведение прервалось на середине вместе с процессом');
        }
        if ($known->state === EventRow::PARKED) {
            return $this->parking->answer($known->key, $known->reasons, true);
        }
        if ($known->state !== EventRow::BOOKED) {
            return Answer::json(200, ['eventId' => $known->key, 'state' => EventRow::IGNORED, 'duplicate' => true]);
        }
        $response = json_decode($known->response ?? '', true);
        $body = is_array($response) ? $response : ['eventId' => $known->key, 'state' => EventRow::BOOKED];
        /** @var array<string, mixed> $body */
        $answer = Answer::json($known->httpStatus, $body)->with(['duplicate' => true]);
        return $this->areConducted($known->documents) ? $answer : $answer->with(['cancelledBy' => 'operator']);
    }

    /** @param list<array{id: int, type: string, number: string}> $documents */
    private function areConducted(array $documents): bool
    {
        if ($documents === []) {
            return true;
        }
        $rows = $this->database->query(
            "SELECT ID FROM b_catalog_store_docs WHERE STATUS = 'Y' AND ID IN (?)",
            [array_column($documents, 'id')]
        );
        return count($rows) === count($documents);
    }

    /** @param ?EventRow $known null: the document is new */
    private function attempt(Sale $sale, string $body, Override $override, ?EventRow $known): Answer
    {
        if ($sale->type === Sale::REPORT) {
            return $this->ignore($sale, $body, $override, $known);
        }
        if (!$this->bitrix->hasModule('iblock') || !$this->bitrix->hasModule('catalog')) {
            $reason = 'На сайте нет модуля торгового каталога';
            return $this->later($sale, self::MISSING_SECONDS, 'module-missing', $reason);
        }
        $judgement = $this->judge->judge($sale, $override);
        if ($judgement->reasons !== []) {
            return $this->park($sale, $body, $judgement->reasons, $override, $known);
        }
        return $judgement->plan->isEmpty()
            ? $this->ignore($sale, $body, $override, $known)
            : $this->book($sale, $body, $judgement->plan, $override, $known);
    }

    private function book(Sale $sale, string $body, Plan $plan, Override $override, ?EventRow $known): Answer
    {
        $booking = $this->settings->booking === Settings::BY_QUANTITY
            ? new QuantityBooking($this->bitrix, $this->database)
            : new DocumentBooking($this->bitrix, $this->database, $this->settings);
        $attempt = new Attempt($this->bitrix, $this->database, $this->ledger, $this->settings, $booking);
        try {
            $answer = $attempt->book($sale, $body, $plan, $override, $known);
        } catch (Throwable $error) {
            return $this->database->wasEndedByOthers()
                ? $this->endedByOthers($sale, $body, $booking, $error)
                : $this->notBooked($sale, $body, $override, $known, $error);
        }
        if ($answer === null) {
            return $this->known($sale);
        }
        if ($this->database->wasEndedByOthers()) {
            $this->parking->alarm($sale->key, 'Обработчик завершил нашу транзакцию, но чек проведён полностью');
        }
        $this->clearCache($plan);
        return $answer;
    }

    /** The rollback found no transaction of ours: what of the work has stayed? */
    private function endedByOthers(Sale $sale, string $body, Booking $booking, Throwable $error): Answer
    {
        $known = $this->ledger->find($sale->key);
        if ($known !== null && $known->state === EventRow::BOOKED) {
            // It was the end of our own commit that threw.
            return $this->stored($known);
        }
        if (($known !== null && $known->suspect === EventRow::HALF_BOOKED) || $booking->hasLeftTraces()) {
            return $this->parking->parkHalfBooked($sale, $body, $error);
        }
        // A deadlock that Bitrix has swallowed, or a handler's ROLLBACK: an accident twice, a rule the third time.
        $what = 'Обработчик отменил нашу транзакцию: ' . $error->getMessage();
        $answer = $this->countFailure($sale, $body, $what);
        if ($answer->status === 202) {
            $this->parking->alarm($sale->key, $what);
        }
        return $answer;
    }

    /** All was rolled back: what Bitrix has refused is parked, the rest is the caller's. */
    private function notBooked(
        Sale $sale,
        string $body,
        Override $override,
        ?EventRow $known,
        Throwable $error
    ): Answer {
        if ($error instanceof Parked) {
            return $this->park($sale, $body, $error->reasons, $override, $known);
        }
        if ($error instanceof BitrixRefusal) {
            return $this->park($sale, $body, [Reasons::refused($error->getMessage())], $override, $known);
        }
        throw $error;
    }

    /** @param list<Reason> $reasons */
    private function park(Sale $sale, string $body, array $reasons, Override $override, ?EventRow $known): Answer
    {
        return $this->parking->park($sale, $body, $reasons, $override, $known)
            ? $this->parking->answer($sale->key, $reasons, false)
            : $this->known($sale);
    }

    private function ignore(Sale $sale, string $body, Override $override, ?EventRow $known): Answer
    {
        $answer = Answer::json(200, ['eventId' => $sale->key, 'state' => EventRow::IGNORED]);
        $settlement = new Settlement(EventRow::IGNORED, $answer->status);
        $settlement->response = $answer->encoded();
        $settlement->who = $override->who;
        $settlement->note = $override->note;
        if ($known === null) {
            $this->ledger->insert($sale, $body, $settlement);
        } elseif (!$this->ledger->replace($sale, $body, $settlement, $known->state)) {
            return $this->known($sale);
        }
        return $answer;
    }

    /** Another request has booked the document meanwhile: answer by what it made of it. */
    private function known(Sale $sale): Answer
    {
        $known = $this->ledger->find($sale->key);
        if ($known === null) {
            throw new Busy('The document is being settled by another request');
        }
        return $this->stored($known);
    }

    /** Lists of the site that still show the old stock; the booking stands whether it works or not. */
    private function clearCache(Plan $plan): void
    {
        try {
            foreach ($this->settings->clearTagCache ? $plan->iblockIds() : [] as $iblockId) {
                $this->bitrix->clearIblockCache($iblockId);
            }
        } catch (Throwable $error) {
            error_log('chekpost: the tagged cache was not cleared: ' . $error->getMessage());
        }
    }

    /**
     * The world's failures are answered with "later", a twin that was quicker by the table, and what nobody expects is
     * counted.
     *
     * @param callable(): Answer $work
     */
    private function guarded(Sale $sale, string $rawBody, callable $work): Answer
    {
        try {
            try {
                return $work();
            } catch (DatabaseError $error) {
                $known = $error->isDuplicate() ? $this->ledger->find($sale->key) : null;
                if ($known === null) {
                    throw $error;
                }
                return $this->repeat($known, $sale, $rawBody);
            }
        } catch (Throwable $error) {
            return $this->failed($sale, $rawBody, $error);
        }
    }

    private function failed(Sale $sale, string $rawBody, Throwable $error): Answer
    {
        $isBusy = $error instanceof Busy || ($error instanceof DatabaseError && $error->isTransient());
        if (!$isBusy) {
            try {
                return $this->countFailure($sale, $rawBody, get_class($error) . ': ' . $error->getMessage());
            } catch (DatabaseError $lost) {
                error_log('chekpost: the failure could not be counted: ' . $lost->getMessage());
            }
        }
        return $this->later($sale, self::BUSY_SECONDS, 'busy', 'Сайт занят, попробуйте чуть позже');
    }

    private function later(Sale $sale, int $seconds, string $error, string $reason): Answer
    {
        return Answer::later($seconds, $error, $reason)->with(['eventId' => $sale->key]);
    }
}
