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
    /** Option: when it was last put on record that nothing was done here, Unix seconds. */
    private const ASLEEP = 'asleepAt';
    private const DAY = 86400;

    public Receiver $receiver;
    public Site $site;
    public Database $database;
    public Clock $clock;
    public Settings $settings;
    public Ledger $ledger;
    public Registers $registers;
    public ProductMap $map;
    public Products $products;
    /** @var list<string>|null */
    private ?array $domains = null;

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
     * host is told (cron, console) it has the same database in another place. Another name of the same site, or another
     * site of the same installation, is home in the same place only: a copy may have been given names of its own.
     * Receipts come in under the installed host alone.
     */
    public function isAtHome(): bool
    {
        if (!$this->isInstalled()) {
            return false;
        }
        $host = $this->site->host();
        if ($host === $this->settings->host) {
            return true;
        }
        $place = $this->site->option(Settings::MODULE, 'place');
        if ($host === '') {
            return in_array($place, ['', $this->site->place()], true);
        }
        return $place === $this->site->place() && $this->isNamed((string) preg_replace('/:\d+\z/', '', $host));
    }

    /**
     * Asked by what the site runs by itself: handlers and agents. That they keep still is on record, once a day:
     * nobody sees it otherwise.
     */
    public function isAwake(): bool
    {
        if ($this->isAtHome() || !$this->isInstalled()) {
            return $this->isInstalled();
        }
        $now = $this->clock->now();
        if ($now - (int) $this->site->option(Settings::MODULE, self::ASLEEP, '0') >= self::DAY) {
            $this->site->keep(self::ASLEEP, (string) $now);
            $this->audit('asleep', null, ['host' => $this->site->host(), 'place' => $this->site->place(),
                'installed' => $this->settings->host]);
        }
        return false;
    }

    /**
     * Names under which the sites of this installation answer, as their settings say (main module: CLang).
     *
     * @return list<string>
     */
    public function domains(): array
    {
        if ($this->domains === null) {
            $rows = $this->database->query(
                "SELECT SERVER_NAME AS D FROM b_lang WHERE ACTIVE = 'Y' UNION SELECT d.DOMAIN FROM b_lang_domain d"
                    . " JOIN b_lang l ON l.LID = d.LID AND l.ACTIVE = 'Y' ORDER BY D"
            );
            $names = array_map(static fn (array $row): string => strtolower(trim((string) $row['D'])), $rows);
            $this->domains = array_values(array_unique(array_filter($names)));
        }
        return $this->domains;
    }

    /** A domain of a site stands for its subdomains, too. */
    private function isNamed(string $host): bool
    {
        foreach ($this->domains() as $domain) {
            if ($host === $domain || substr($host, -strlen($domain) - 1) === '.' . $domain) {
                return true;
            }
        }
        return false;
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
