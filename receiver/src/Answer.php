<?php

declare(strict_types=1);

namespace Chekpost;

/** What the caller is told: always JSON of ours, never a cookie. */
final class Answer
{
    public int $status;
    /** @var array<string, string> */
    public array $headers;
    /** @var array<string, mixed> */
    public array $body;

    /**
     * @param array<string, mixed> $body
     * @param array<string, string> $headers
     */
    private function __construct(int $status, array $body, array $headers)
    {
        $this->status = $status;
        $this->body = $body;
        $this->headers = $headers;
    }

    /**
     * @param array<string, mixed> $body
     * @param array<string, string> $headers
     */
    public static function json(int $status, array $body, array $headers = []): self
    {
        return new self($status, $body, $headers);
    }

    /**
     * A refusal. `error` is a fixed word for programs, `reason` a sentence for the person who reads it.
     *
     * @param array<string, string> $headers
     */
    public static function error(int $status, string $error, string $reason, array $headers = []): self
    {
        return new self($status, ['eventId' => null, 'error' => $error, 'reasons' => [$reason]], $headers);
    }

    /** Nothing was done and nothing is wrong with the request: the same again in a while. */
    public static function later(int $seconds, string $error, string $reason): self
    {
        return self::error(503, $error, $reason, ['Retry-After' => (string) $seconds]);
    }

    /** The same answer with more fields; those that are set already give way. @param array<string, mixed> $fields */
    public function with(array $fields): self
    {
        return new self($this->status, array_merge($this->body, $fields), $this->headers);
    }

    public function encoded(): string
    {
        $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
        return (string) json_encode($this->body, $flags);
    }

    public function send(): void
    {
        $text = $this->encoded();
        if (!headers_sent()) {
            // Bitrix starts a session for the technical user; its cookie is nobody's business.
            header_remove('Set-Cookie');
            http_response_code($this->status);
            header('Content-Type: application/json');
            header('X-Content-Type-Options: nosniff');
            header('Cache-Control: no-store');
            header('Content-Length: ' . strlen($text));
            foreach ($this->headers as $name => $value) {
                header("$name: $value");
            }
        }
        echo $text;
    }
}
