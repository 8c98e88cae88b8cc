<?php

declare(strict_types=1);

namespace Chekpost;

/** Who may come in: the checks that every address of the receiver makes, in this order. */
final class Door
{
    public const BODY_LIMIT = 512 * 1024;
    private const SIGNATURE_HEADERS = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    private const NOT_INSTALLED = 'Приёмник чеков на сайте не установлен: выполните на сайте '
        . '`php local/chekpost/install.php check`';

    private Registers $registers;
    private Settings $settings;
    private Clock $clock;

    public function __construct(Registers $registers, Settings $settings, Clock $clock)
    {
        $this->registers = $registers;
        $this->settings = $settings;
        $this->clock = $clock;
    }

    /** What needs neither the site nor its database, so that refusing costs next to nothing. */
    public static function knock(Request $request): ?Answer
    {
        if ($request->method !== 'POST') {
            return Answer::error(405, 'method', 'Этот адрес принимает только POST', ['Allow' => 'POST']);
        }
        $type = strtolower(trim(explode(';', $request->header('content-type'), 2)[0]));
        if ($type !== 'application/json') {
            return Answer::error(415, 'content-type', 'Этот адрес принимает только application/json');
        }
        if (strlen($request->body) > self::BODY_LIMIT || ($request->announcedLength ?? 0) > self::BODY_LIMIT) {
            return Answer::error(413, 'too-large', 'Тело запроса больше 512 КиБ');
        }
        return null;
    }

    /**
     * The register that speaks, proved by its secret. An unknown register and a bad signature look alike from outside
     * and take alike long.
     *
     * @throws Refusal
     */
    public function authenticate(Request $request): RegisterRow
    {
        $refused = self::knock($request);
        if ($refused !== null) {
            throw new Refusal($refused);
        }
        if ($this->settings->ledgerId === '') {
            // Nobody is known here, and there may be no tables: a 401 would have the register's secret looked at.
            throw new Refusal(Answer::later(60, 'not-installed', self::NOT_INSTALLED));
        }
        $name = $request->header('chekpost-register');
        $register = preg_match(SaleBody::REGISTER_ID, $name) === 1 ? $this->registers->find($name) : null;
        $id = $request->header('webhook-id');
        $genuine = Signature::isGenuine(
            $register === null ? [] : $register->secretTexts(),
            $id,
            $request->header('webhook-timestamp'),
            $request->header('webhook-signature'),
            $request->body,
            $this->clock->now()
        );
        if ($register === null || !$genuine || $id === '') {
            throw new Refusal($this->unbelieved($request));
        }
        if (!$register->enabled) {
            $this->refuse($id, Answer::error(410, 'register-disabled', 'Касса на сайте отключена'));
        }
        if ($this->settings->host === '' || $request->host() !== $this->settings->host) {
            $this->refuse($id, Answer::later(60, 'wrong-site', $this->wrongSite($request)));
        }
        return $register;
    }

    /** Says only what the request itself shows: whether the register is known, nobody is told. */
    private function unbelieved(Request $request): Answer
    {
        $isMissing = static fn (string $name): bool => $request->header($name) === '';
        $missing = array_filter(self::SIGNATURE_HEADERS, $isMissing);
        if ($missing !== []) {
            $reason = 'нет заголовков подписи: ' . implode(', ', $missing);
        } elseif (!Signature::isFresh($request->header('webhook-timestamp'), $this->clock->now())) {
            $reason = 'часы отправителя и сайта расходятся больше чем на 5 минут';
        } else {
            $reason = 'проверьте имя кассы и её секрет на сайте и в агенте';
        }
        return Answer::error(401, 'signature', 'Подпись не подошла: ' . $reason);
    }

    private function wrongSite(Request $request): string
    {
        return $this->settings->host === ''
            ? self::NOT_INSTALLED
            : "Приёмник установлен на {$this->settings->host}, а отвечает {$request->host()}: это копия сайта или "
                . 'сайт переехал; подтвердите новый адрес на странице приёмника';
    }

    /** @throws Refusal */
    private function refuse(string $id, Answer $answer): void
    {
        throw new Refusal($answer->with(['eventId' => $id]));
    }
}
