<?php

declare(strict_types=1);

namespace Chekpost;

/** One fiscal document as the webhook tells it. */
final class Sale
{
    public const SALE = 'pos.sale';
    public const RETURN = 'pos.return';
    public const CORRECTION = 'pos.correction';
    public const REPORT = 'pos.report';

    /** `FN<16 digits>-FD<number>`: the identity, for ever. */
    public string $key;
    public string $type;
    /** The register's time with its offset. */
    public string $occurredAt;
    public string $registerId;
    public string $store;
    public string $fn;
    public int $fd;
    /** Fiscal sign. */
    public string $fpd;
    /** Tag 1054; null in reports. */
    public ?int $operation;
    /** Tag 1012, local. */
    public string $rawTime;
    /** Kopecks; null in reports. */
    public ?int $total = null;
    /** @var list<SaleLine> */
    public array $lines = [];
    /** @var list<string> signs that it is for an order of the site */
    public array $mayBeSiteOrder = [];

    /** A repeat is judged by these facts, not by its bytes: a corrected decoder may send a better body. */
    public function fingerprint(): string
    {
        return hash('sha256', implode("\n", [
            $this->fpd,
            $this->operation === null ? '' : (string) $this->operation,
            $this->rawTime,
            $this->total === null ? '' : (string) $this->total,
        ]));
    }

    /** As people write it: `15.12.2019 17:20`. */
    public function spokenTime(): string
    {
        $time = $this->rawTime;
        return substr($time, 8, 2) . '.' . substr($time, 5, 2) . '.' . substr($time, 0, 4) . ' ' . substr($time, 11, 5);
    }
}
