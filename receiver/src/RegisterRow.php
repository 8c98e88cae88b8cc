<?php

declare(strict_types=1);

namespace Chekpost;

/** One cash register as the site knows it. */
final class RegisterRow
{
    /** `<store>/<name>` */
    public string $id;
    /** b_catalog_store.ID that lines go out of; null: not mapped, its receipts are parked. */
    public ?int $storeId = null;
    /** Where returns come in; null: into `storeId`. */
    public ?int $returnsStoreId = null;
    /** @var list<array{secret: string, since: string}> any of them fits, while they rotate */
    public array $secrets = [];
    public bool $enabled = true;
    public ?string $seenAt = null;
    public ?string $heartbeatAt = null;
    public ?string $heartbeat = null;
    /** @var array<string, array{at: string, accepted: int}> installations that spoke for it in the last 24 hours */
    public array $instances = [];
    /** JSON: which mails about its silence have gone out. */
    public ?string $alarmed = null;
    public ?string $createdAt = null;

    public function __construct(string $id)
    {
        $this->id = $id;
    }

    /** The agent's code of the shop: what stands before the slash. */
    public function store(): string
    {
        return explode('/', $this->id, 2)[0];
    }

    public function returnsInto(): ?int
    {
        return $this->returnsStoreId ?? $this->storeId;
    }

    /** @return list<string> */
    public function secretTexts(): array
    {
        return array_column($this->secrets, 'secret');
    }

    /** @param array<string, mixed> $columns */
    public static function of(array $columns): self
    {
        $row = new Row($columns);
        $register = new self($row->text('id'));
        $register->storeId = $row->intOrNull('store_id');
        $register->returnsStoreId = $row->intOrNull('returns_store_id');
        foreach ($row->jsonList('secrets') as $secret) {
            $each = new Row($secret);
            $register->secrets[] = ['secret' => $each->text('secret'), 'since' => $each->textOrNull('since') ?? ''];
        }
        $register->enabled = $row->text('enabled') === 'Y';
        $register->seenAt = $row->textOrNull('seen_at');
        $register->heartbeatAt = $row->textOrNull('heartbeat_at');
        $register->heartbeat = $row->textOrNull('heartbeat');
        $register->instances = self::instancesOf($row->textOrNull('instances'));
        $register->alarmed = $row->textOrNull('alarmed');
        $register->createdAt = $row->textOrNull('created_at');
        return $register;
    }

    /** @return array<string, array{at: string, accepted: int}> */
    public static function instancesOf(?string $json): array
    {
        $instances = [];
        foreach ((new Row(['json' => $json]))->jsonMap('json') as $name => $seen) {
            if (is_array($seen) && isset($seen['at'], $seen['accepted']) && is_string($seen['at'])) {
                $accepted = is_int($seen['accepted']) ? $seen['accepted'] : 0;
                $instances[(string) $name] = ['at' => $seen['at'], 'accepted' => $accepted];
            }
        }
        return $instances;
    }
}
