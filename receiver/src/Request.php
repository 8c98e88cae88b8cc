<?php

declare(strict_types=1);

namespace Chekpost;

/** What came in, as bytes. */
final class Request
{
    public string $method;
    public string $body;
    /** Length the caller has announced, or null. */
    public ?int $announcedLength;
    /** @var array<string, string> names in lower case */
    private array $headers;

    /** @param array<string, string> $headers names in lower case */
    public function __construct(string $method, array $headers, string $body)
    {
        $this->method = $method;
        $this->headers = $headers;
        $this->body = $body;
        $length = $headers['content-length'] ?? '';
        $this->announcedLength = ctype_digit($length) ? (int) $length : null;
    }

    /** Reads at most one byte more than the limit: a big body is refused, not kept in memory. */
    public static function fromGlobals(int $limit): self
    {
        $headers = [];
        foreach ($_SERVER as $name => $value) {
            $name = (string) $name;
            if (!is_string($value)) {
                continue;
            }
            if (strncmp($name, 'HTTP_', 5) === 0) {
                $name = substr($name, 5);
            } elseif ($name !== 'CONTENT_TYPE' && $name !== 'CONTENT_LENGTH') {
                continue;
            }
            $headers[strtolower(str_replace('_', '-', $name))] = $value;
        }
        $method = $_SERVER['REQUEST_METHOD'] ?? '';
        $body = file_get_contents('php://input', false, null, 0, $limit + 1);
        return new self(is_string($method) ? $method : '', $headers, $body === false ? '' : $body);
    }

    /** Empty when it is absent. */
    public function header(string $name): string
    {
        return trim($this->headers[strtolower($name)] ?? '');
    }

    /** Lower case, the port only where it is not the usual one. */
    public function host(): string
    {
        return (string) preg_replace('/:(80|443)\z/', '', strtolower($this->header('host')));
    }
}
