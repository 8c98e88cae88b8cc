<?php

declare(strict_types=1);

namespace Chekpost\Query;

use Chekpost\Answer;
use Chekpost\BodyError;
use Chekpost\DatabaseError;
use Chekpost\Fields;
use Chekpost\Json;
use Chekpost\Office\Office;
use Chekpost\Receiver;
use Chekpost\RegisterRow;
use Chekpost\Request;
use Chekpost\SaleBody;
use stdClass;

/**
 * A question of a register whose secret has signed it: about the receipts that have arrived from it, or about the stock
 * of its shop. Nothing is booked, and nobody is told of what is another's.
 */
final class Inquiry
{
    private const LAST_DOCUMENT = 4294967295;

    private Receiver $receiver;
    private Request $request;
    private RegisterRow $register;

    public function __construct(Receiver $receiver, Request $request, RegisterRow $register)
    {
        $this->receiver = $receiver;
        $this->request = $request;
        $this->register = $register;
    }

    public function ledger(): Answer
    {
        return $this->answered('pos.ledger', 'LEDGER', function (stdClass $body): array {
            $fields = self::optional($body, ['fn', 'from', 'to']);
            return (new LedgerQuery($this->receiver->database))->ask(
                $this->register->id,
                $fields->matchingOrNull('fn', '/\A\d{16}\z/'),
                $fields->intOrNull('from', 0, self::LAST_DOCUMENT),
                $fields->intOrNull('to', 0, self::LAST_DOCUMENT)
            );
        });
    }

    public function stock(): Answer
    {
        return $this->answered('pos.stock', 'STOCK', function (stdClass $body): array {
            $fields = self::optional($body, ['after', 'limit']);
            $answer = (new StockQuery($this->receiver->database))->ask(
                $this->register->store(),
                (int) ($fields->matchingOrNull('after', '/\A\d{1,10}\z/') ?? '0'),
                $fields->intOrNull('limit', 1, StockQuery::MOST) ?? StockQuery::MOST
            );
            return $answer + ['asOf' => gmdate('Y-m-d\TH:i:s\Z', $this->receiver->clock->now())];
        });
    }

    /** @param callable(stdClass): array<string, mixed> $ask */
    private function answered(string $type, string $prefix, callable $ask): Answer
    {
        $head = ['eventId' => $this->request->header('webhook-id')];
        try {
            $body = Json::object($this->request->body);
            $this->check($body, $type, '/\A' . $prefix . '-[A-Za-z0-9_\/.-]{1,200}\z/');
            Office::of($this->receiver)->rememberPlace();
            $head += ['state' => 'ignored', 'register' => $this->register->id];
            return Answer::json(200, $head + $ask($body));
        } catch (BodyError $error) {
            return Answer::error(400, $error->error, $error->getMessage())->with($head);
        } catch (DatabaseError $error) {
            error_log('chekpost: ' . $error->getMessage());
            return Answer::later(10, 'database', 'База данных сайта сейчас недоступна')->with($head);
        }
    }

    private function check(stdClass $body, string $type, string $idPattern): void
    {
        $fields = new Fields($body);
        $fields->oneOf('specVersion', ['1']);
        $fields->oneOf('type', [$type]);
        if ($fields->matching('eventId', $idPattern) !== $this->request->header('webhook-id')) {
            throw new BodyError('webhook-id', 'Заголовок webhook-id не равен eventId');
        }
        if ($fields->object('register')->matching('id', SaleBody::REGISTER_ID) !== $this->register->id) {
            throw new BodyError('register', 'Заголовок Chekpost-Register не равен register.id');
        }
        if ($fields->text('store') !== $this->register->store()) {
            throw new BodyError('store', 'Магазин не тот, к которому относится касса');
        }
    }

    /** @param list<string> $names fields that need not be there */
    private static function optional(stdClass $body, array $names): Fields
    {
        foreach ($names as $name) {
            $body->$name = $body->$name ?? null;
        }
        return new Fields($body);
    }
}
