<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * One attempt to book: the named lock, one transaction, the event's row and the stock in it together.
 *
 * The row is written first, as "interrupted", and turns into "booked" last. If a handler of another module ends our
 * transaction in between and the rest then fails, what remains in the ledger says so, and nobody books it again unseen.
 */
final class Attempt
{
    public const LOCK = 'chekpost';
    private const LOCK_SECONDS = 2;

    private Bitrix $bitrix;
    private Database $database;
    private Ledger $ledger;
    private Settings $settings;
    private Booking $booking;

    public function __construct(
        Bitrix $bitrix,
        Database $database,
        Ledger $ledger,
        Settings $settings,
        Booking $booking
    ) {
        $this->bitrix = $bitrix;
        $this->database = $database;
        $this->ledger = $ledger;
        $this->settings = $settings;
        $this->booking = $booking;
    }

    /**
     * @param ?EventRow $known null: the document is new
     * @return ?Answer null: somebody has changed the row's state meanwhile
     * @throws Busy when somebody else has been booking for two seconds
     */
    public function book(Sale $sale, string $body, Plan $plan, Override $override, ?EventRow $known): ?Answer
    {
        return $this->bitrix->asUser($this->settings->userId, function () use (
            $sale,
            $body,
            $plan,
            $override,
            $known
        ): ?Answer {
            if (!$this->database->lock(self::LOCK, self::LOCK_SECONDS)) {
                throw new Busy();
            }
            try {
                return $this->database->patient(self::LOCK_SECONDS, fn (): ?Answer => $this->database->transaction(
                    fn (): ?Answer => $this->write($sale, $body, $plan, $override, $known)
                ));
            } finally {
                $this->database->unlock(self::LOCK);
            }
        });
    }

    private function write(Sale $sale, string $body, Plan $plan, Override $override, ?EventRow $known): ?Answer
    {
        $begun = Parking::interrupted();
        if ($known === null) {
            $this->ledger->insert($sale, $body, $begun);
        } elseif (!$this->ledger->replace($sale, $body, $begun, $known->state)) {
            return null;
        }
        $documents = $this->booking->book($sale, $plan);
        $this->ledger->addMovements(
            $sale->key,
            $plan->all(),
            $this->booking->before(),
            $this->booking->documents()
        );
        $answer = $this->acknowledgement($sale, $documents);
        $settlement = new Settlement(EventRow::BOOKED, $answer->status);
        $settlement->booking = $this->booking->name();
        $settlement->documents = $documents;
        $settlement->response = $answer->encoded();
        $settlement->who = $override->who;
        $settlement->note = $override->note;
        if (!$this->ledger->finish($sale->key, $settlement)) {
            throw new BookingError('Строка журнала исчезла: кто-то откатил транзакцию');
        }
        return $answer;
    }

    /** @param list<array{id: int, type: string, number: string}> $documents */
    private function acknowledgement(Sale $sale, array $documents): Answer
    {
        $body = [
            'eventId' => $sale->key,
            'state' => EventRow::BOOKED,
            'booking' => $this->booking->name(),
            'documents' => $documents,
        ];
        if ($this->booking->name() === Settings::BY_QUANTITY) {
            $body['note'] = 'без складского учёта: изменено только количество';
        }
        return Answer::json(200, $body + $this->settings->place());
    }
}
