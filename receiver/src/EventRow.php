<?php

declare(strict_types=1);

namespace Chekpost;

/** One fiscal document in the ledger. Times are UTC, `Y-m-d H:i:s`. */
final class EventRow
{
    public const BOOKED = 'booked';
    public const PARKED = 'parked';
    public const IGNORED = 'ignored';
    public const DISMISSED = 'dismissed';
    /** Mark of an event whose booking was interrupted after somebody else had ended our transaction. */
    public const HALF_BOOKED = 'half-booked';

    public string $key;
    public string $fingerprint;
    public string $registerId;
    public string $fn;
    public int $fd;
    public string $type;
    public string $occurredAt;
    public string $state;
    /** documents or quantity, when booked. */
    public ?string $booking;
    /** @var list<array{id: int, type: string, number: string}> */
    public array $documents;
    /** @var list<Reason> */
    public array $reasons;
    public ?string $group;
    /** The JSON acknowledgement as it was answered. */
    public ?string $response;
    public int $httpStatus;
    /** The JSON body as it came. */
    public string $body;
    public int $attempts;
    public ?string $suspect;
    public ?string $note;
    public ?string $who;
    public ?string $retryAt;
    public string $createdAt;
    public string $updatedAt;
    public ?string $bookedAt;

    /** @param array<string, mixed> $columns */
    public static function of(array $columns): self
    {
        $row = new Row($columns);
        $event = new self();
        $event->key = $row->text('event_key');
        $event->fingerprint = $row->text('fingerprint');
        $event->registerId = $row->text('register_id');
        $event->fn = $row->text('fn');
        $event->fd = $row->int('fd');
        $event->type = $row->text('type');
        $event->occurredAt = $row->text('occurred_at');
        $event->state = $row->text('state');
        $event->booking = $row->textOrNull('booking');
        $event->documents = [];
        foreach ($row->jsonList('documents') as $fields) {
            $document = new Row($fields);
            $event->documents[] = [
                'id' => $document->int('id'),
                'type' => $document->text('type'),
                'number' => $document->text('number'),
            ];
        }
        $event->reasons = array_map([Reason::class, 'of'], $row->jsonList('reasons'));
        $event->group = $row->textOrNull('reason_group');
        $event->response = $row->textOrNull('response');
        $event->httpStatus = $row->int('http_status');
        $event->body = $row->text('body');
        $event->attempts = $row->int('attempts');
        $event->suspect = $row->textOrNull('suspect');
        $event->note = $row->textOrNull('note');
        $event->who = $row->textOrNull('who');
        $event->retryAt = $row->textOrNull('retry_at');
        $event->createdAt = $row->text('created_at');
        $event->updatedAt = $row->text('updated_at');
        $event->bookedAt = $row->textOrNull('booked_at');
        return $event;
    }
}
