<?php

declare(strict_types=1);

namespace Chekpost;

use Throwable;

/**
 * The frame of one request: cheap refusals before Bitrix is loaded, exactly one answer of ours whatever happens, and
 * nothing that anybody else prints.
 *
 * It is static because the kernel has to be required in the global scope, between `begin` and `serve`.
 */
final class Entry
{
    private const DIED_SECONDS = 5;
    /** For the kernel: no statistics, no agents, no events, no session of a visitor. */
    private const CONSTANTS = [
        'NO_KEEP_STATISTIC' => true,
        'NO_AGENT_STATISTIC' => 'Y',
        'NOT_CHECK_PERMISSIONS' => true,
        'NO_AGENT_CHECK' => true,
        'DisableEventsCheck' => true,
        'STOP_STATISTICS' => true,
        'BX_SECURITY_SESSION_VIRTUAL' => true,
        'PUBLIC_AJAX_MODE' => true,
    ];

    private static ?Request $request = null;
    private static ?Slots $slots = null;
    private static bool $isAnswered = false;
    /** @var (callable(string): Answer)|null */
    private static $whenKilled = null;

    /** Ends the request here when it need not go further. */
    public static function begin(): void
    {
        foreach (self::CONSTANTS as $name => $value) {
            defined($name) || define($name, $value);
        }
        ob_start();
        register_shutdown_function([self::class, 'lastWord']);
        self::$request = Request::fromGlobals(Door::BODY_LIMIT);
        self::$slots = new Slots(sys_get_temp_dir(), dirname(__DIR__));
        $refused = Door::knock(self::$request) ?? self::$slots->enter(self::$request->header('webhook-id'));
        if ($refused !== null) {
            self::send($refused->with(['ledgerId' => null, 'host' => null]));
            exit;
        }
    }

    /**
     * The rest, when the kernel is there. Does not return: the kernel's own end follows.
     *
     * @param callable(Receiver, Request, RegisterRow): Answer $work for a request that is genuine
     */
    public static function serve(callable $work): void
    {
        $request = self::$request ?? Request::fromGlobals(Door::BODY_LIMIT);
        $receiver = null;
        $register = null;
        try {
            $receiver = Receiver::open();
            $register = $receiver->door()->authenticate($request);
            $answer = $work($receiver, $request, $register);
        } catch (Refusal $refusal) {
            $answer = $refusal->answer;
        } catch (Throwable $error) {
            error_log('chekpost: ' . get_class($error) . ': ' . $error->getMessage());
            $answer = Answer::later(self::DIED_SECONDS, 'failed', 'На сайте ошибка, попробуйте позже')
                ->with(['eventId' => $request->header('webhook-id')]);
        }
        $nowhere = ['ledgerId' => null, 'host' => null];
        self::send($answer->with($receiver === null ? $nowhere : $receiver->settings->place()));
        if ($receiver !== null) {
            self::finish($receiver, $request, $register, $answer);
        }
    }

    /** How the work wants to end when the process is ended within it. @param callable(string): Answer $last */
    public static function whenKilled(callable $last): void
    {
        self::$whenKilled = $last;
    }

    /** Runs at the end of the process: a handler may have called exit, or PHP may have stopped. */
    public static function lastWord(): void
    {
        if (self::$isAnswered) {
            return;
        }
        $answer = Answer::later(self::DIED_SECONDS, 'died', 'На сайте ошибка, попробуйте позже')
            ->with(['eventId' => self::$request === null ? null : self::$request->header('webhook-id')])
            ->with(['ledgerId' => null, 'host' => null]);
        if (self::$whenKilled !== null) {
            try {
                $answer = (self::$whenKilled)(self::causeOfDeath());
            } catch (Throwable $failure) {
                error_log('chekpost: ' . $failure->getMessage());
            }
        }
        self::send($answer);
    }

    private static function causeOfDeath(): string
    {
        $last = error_get_last();
        $isFatal = $last !== null && ($last['type'] & (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR)) !== 0;
        return $isFatal ? $last['message'] : 'A handler has ended the process';
    }

    private static function send(Answer $answer): void
    {
        self::$isAnswered = true;
        if (self::$slots !== null) {
            // The key is no longer in work: whoever has the answer may ask again at once.
            self::$slots->leave();
        }
        while (ob_get_level() > 0 && ob_end_clean()) {
            // What handlers and warnings have printed is not for the caller.
        }
        $answer->send();
        flush();
        if (function_exists('fastcgi_finish_request')) {
            fastcgi_finish_request();
        }
        ob_start(static fn (): string => '');
    }

    /** After the answer, so that nobody waits for it. */
    private static function finish(Receiver $receiver, Request $request, ?RegisterRow $register, Answer $answer): void
    {
        try {
            if ($register !== null) {
                $isTaken = in_array($answer->body['state'] ?? '', [EventRow::BOOKED, EventRow::PARKED], true)
                    && !isset($answer->body['duplicate']);
                $receiver->registers->saw($register->id, $request->header('chekpost-instance'), $isTaken);
            }
        } catch (Throwable $error) {
            error_log('chekpost: ' . $error->getMessage());
        }
        $receiver->bitrix->finish();
    }
}
