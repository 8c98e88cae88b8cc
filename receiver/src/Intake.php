<?php

declare(strict_types=1);

namespace Chekpost;

use stdClass;

/** The address of the webhook: what a genuine request holds, and what is done with it. */
final class Intake
{
    private const TEST = 'pos.test';
    private const HEARTBEAT = 'pos.heartbeat';
    private const TEST_ID = '/\ATEST-[A-Za-z0-9_-]+\z/';
    private const HEARTBEAT_ID = '/\AHB-[A-Za-z0-9_.-]{1,64}\/[a-z0-9-]{1,32}-\d+\z/';
    /** Ours are below one KiB; the column holds 64. */
    private const HEARTBEAT_LIMIT = 60000;

    private Receiver $receiver;

    public function __construct(Receiver $receiver)
    {
        $this->receiver = $receiver;
    }

    /** `$register` is the one whose secret has signed the request. */
    public function answer(Request $request, RegisterRow $register): Answer
    {
        try {
            return $this->read($request, $register);
        } catch (BodyError $error) {
            return Answer::error(400, $error->error, $error->getMessage())
                ->with(['eventId' => $request->header('webhook-id')]);
        }
    }

    private function read(Request $request, RegisterRow $register): Answer
    {
        $body = Json::object($request->body);
        $type = (new Fields($body))->text('type');
        if ($type === self::TEST || $type === self::HEARTBEAT) {
            $fields = self::envelope($body, $type === self::TEST ? self::TEST_ID : self::HEARTBEAT_ID);
            self::checkIdentity($request, $register, $fields['key'], $fields['register']);
            if ($type === self::HEARTBEAT && strlen($request->body) <= self::HEARTBEAT_LIMIT) {
                $this->receiver->registers->sawHeartbeat($register->id, $request->body);
            }
            return Answer::json(200, ['eventId' => $fields['key'], 'state' => EventRow::IGNORED]);
        }
        $sale = SaleBody::read($body);
        self::checkIdentity($request, $register, $sale->key, $sale->registerId);
        $sales = $this->receiver->sales();
        // A handler that ends the process, or the time limit, counts like a throw.
        Entry::whenKilled(function (string $error) use ($sales, $sale, $request): Answer {
            $this->receiver->database->abandon();
            return $sales->countFailure($sale, $request->body, $error)->with($this->receiver->settings->place());
        });
        return $sales->receive($sale, $request->body);
    }

    /** @return array{key: string, register: string} */
    private static function envelope(stdClass $body, string $pattern): array
    {
        $fields = new Fields($body);
        $fields->oneOf('specVersion', ['1']);
        $key = $fields->matching('eventId', $pattern);
        $register = $fields->object('register')->matching('id', SaleBody::REGISTER_ID);
        if ($fields->text('store') !== explode('/', $register, 2)[0]) {
            throw new BodyError('store', 'Магазин не тот, к которому относится касса');
        }
        return ['key' => $key, 'register' => $register];
    }

    /** What is signed in the head and what is signed in the body speak of the same thing. */
    private static function checkIdentity(Request $request, RegisterRow $register, string $key, string $id): void
    {
        if ($request->header('webhook-id') !== $key) {
            throw new BodyError('webhook-id', 'Заголовок webhook-id не равен eventId');
        }
        if ($register->id !== $id) {
            throw new BodyError('register', 'Заголовок Chekpost-Register не равен register.id');
        }
        $idempotency = $request->header('idempotency-key');
        if ($idempotency !== '' && $idempotency !== "\"$key\"") {
            throw new BodyError('idempotency-key', 'Заголовок Idempotency-Key не равен eventId в кавычках');
        }
    }
}
