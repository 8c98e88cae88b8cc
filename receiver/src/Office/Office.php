<?php

declare(strict_types=1);

namespace Chekpost\Office;

use Chekpost\Clock;
use Chekpost\Database;
use Chekpost\Ledger;
use Chekpost\ProductMap;
use Chekpost\Receiver;
use Chekpost\Registers;
use Chekpost\Settings;
use Chekpost\SystemClock;

/** The receiver as the back office sees it: with a person or the site's own clockwork behind it, not a register. */
final class Office
{
    public Receiver $receiver;
    public Site $site;
    public Database $database;
    public Clock $clock;
    public Settings $settings;
    public Ledger $ledger;
    public Registers $registers;
    public ProductMap $map;
    public Products $products;

    private function __construct(Receiver $receiver)
    {
        $this->receiver = $receiver;
        $this->site = new Site();
        $this->database = $receiver->database;
        $this->clock = $receiver->clock;
        $this->settings = $receiver->settings;
        $this->ledger = $receiver->ledger;
        $this->registers = $receiver->registers;
        $this->map = $receiver->map;
        $this->products = new Products($receiver->database);
    }

    public static function open(): self
    {
        return new self(Receiver::open());
    }

    public static function of(Receiver $receiver): self
    {
        return new self($receiver);
    }

    public function isInstalled(): bool
    {
        return $this->settings->ledgerId !== '';
    }

    /**
     * Is this the site that the receiver was installed on? A copy has the same database under another host; where no
     * host is told (cron, console) it has the same database in another place.
     */
    public function isAtHome(): bool
    {
        if (!$this->isInstalled()) {
            return false;
        }
        $host = $this->site->host();
        return $host === ''
            ? in_array($this->site->option(Settings::MODULE, 'place'), ['', $this->site->place()], true)
            : $host === $this->settings->host;
    }

    /** Called on genuine requests: a site that was moved to another machine under its own name is at home there. */
    public function rememberPlace(): void
    {
        if ($this->isAtHome() && $this->site->option(Settings::MODULE, 'place') !== $this->site->place()) {
            $this->site->keep('place', $this->site->place());
        }
    }

    /** @param array<string, mixed> $detail */
    public function audit(string $action, ?string $key, array $detail): void
    {
        $this->ledger->audit($this->site->who(), $action, $key, $detail);
    }

    public function now(): string
    {
        return SystemClock::sql($this->clock->now());
    }
}
