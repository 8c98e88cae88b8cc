<?php

declare(strict_types=1);

namespace Chekpost\Setup;

use Chekpost\Office\Mistake;
use Chekpost\Office\Office;
use Chekpost\Row;
use Chekpost\Settings;
use Chekpost\Watch\Silence;
use Chekpost\Watch\Watch;

/**
 * Puts the receiver on the site and takes it off again. It writes its own tables, its own options, four handlers and
 * one agent; it switches nothing of the site.
 */
final class Installation
{
    private Office $office;

    public function __construct(Office $office)
    {
        $this->office = $office;
    }

    /**
     * The settings an installation would make.
     *
     * @param array<string, string> $wanted host, user, responsible, site, mail, hours: what was asked for
     */
    public function proposed(array $wanted): Settings
    {
        $settings = clone $this->office->settings;
        $site = $this->office->site;
        $host = strtolower($wanted['host'] ?? '');
        if ($settings->host === '') {
            // An installed address is changed only by naming the new one: this may be a copy of the site.
            $settings->host = $site->host();
        }
        if ($host !== '') {
            if (preg_match('/^[a-z0-9.-]+(:\d+)?$/D', $host) !== 1) {
                throw new Mistake('Адрес «' . $host . '» – без https:// и без пути: shop.example');
            }
            $settings->host = (string) preg_replace('/:(80|443)\z/', '', $host);
        }
        $settings->booking = $site->option('catalog', 'default_use_store_control', 'N') === 'Y'
            ? Settings::BY_DOCUMENTS
            : Settings::BY_QUANTITY;
        $settings->userId = self::person($wanted, 'user', $settings->userId);
        $settings->responsibleId = self::person($wanted, 'responsible', $settings->responsibleId);
        if ($settings->responsibleId === 0) {
            $settings->responsibleId = $settings->userId;
        }
        $settings->siteId = $wanted['site'] ?? $settings->siteId;
        if (($wanted['mail'] ?? '') !== '' && filter_var($wanted['mail'], FILTER_VALIDATE_EMAIL) === false) {
            throw new Mistake('Почта «' . $wanted['mail'] . '» написана неверно');
        }
        $settings->ownerMail = $wanted['mail'] ?? $settings->ownerMail;
        $settings->tradingHours = $wanted['hours'] ?? $settings->tradingHours;
        if (!Silence::isHours($settings->tradingHours)) {
            throw new Mistake('Часы торговли пишутся так: 09:00-21:00');
        }
        return $settings;
    }

    /** @param array<string, string> $wanted */
    private static function person(array $wanted, string $name, int $present): int
    {
        $value = $wanted[$name] ?? null;
        if ($value !== null && preg_match('/^[1-9]\d{0,8}$/D', $value) !== 1) {
            throw new Mistake('Номер пользователя – целое число, а не «' . $value . '»');
        }
        return $value === null ? $present : (int) $value;
    }

    /** @param bool $namesHost whether the address was named: then a new place is meant, too */
    public function install(Settings $settings, bool $namesHost): void
    {
        if ($this->office->isInstalled() && !$this->office->isAtHome() && !$namesHost) {
            throw new Mistake('Похоже, это копия сайта: приёмник установлен на ' . $this->office->settings->host
                . ', на другой машине или в другой папке. Если сайт переехал, укажите --host.');
        }
        $schema = Check::schema($this->office);
        $schema->create();
        if ($settings->ledgerId === '') {
            $settings->ledgerId = $this->formerLedgerId() ?? self::newLedgerId();
        }
        foreach ($this->options($settings) as $name => $value) {
            $this->office->site->keep($name, $value);
        }
        $this->office->site->connect();
        $this->office->audit('install', null, ['ledgerId' => $settings->ledgerId, 'host' => $settings->host,
            'booking' => $settings->booking]);
    }

    /** The ledger stays, unless it is dropped: without it every receipt that comes again would be booked again. */
    public function uninstall(bool $dropsLedger): void
    {
        $schema = Check::schema($this->office);
        if (!$dropsLedger && $schema->exists()) {
            $this->office->audit('uninstall', null, ['ledgerId' => $this->office->settings->ledgerId]);
        }
        $this->office->site->disconnect();
        $this->office->site->forgetOptions();
        if ($dropsLedger) {
            $schema->drop();
        }
    }

    /** @return array<string, string> */
    private function options(Settings $settings): array
    {
        return [
            'ledgerId' => $settings->ledgerId,
            'host' => $settings->host,
            'siteId' => $settings->siteId,
            'booking' => $settings->booking,
            'userId' => (string) $settings->userId,
            'responsibleId' => (string) $settings->responsibleId,
            'live' => $settings->live ? 'Y' : 'N',
            'shortConfirmed' => $settings->shortConfirmed,
            'articleProperty' => $settings->articleProperty,
            'clearTagCache' => $settings->clearTagCache ? 'Y' : 'N',
            'ownerMail' => $settings->ownerMail,
            'tradingHours' => $settings->tradingHours,
            'currency' => $settings->currency,
            'place' => $this->office->site->place(),
            Watch::LOOKED => (string) $this->office->clock->now(),
        ];
    }

    /** A ledger that was kept is still the same ledger, and the registers know it by its name. */
    private function formerLedgerId(): ?string
    {
        $rows = $this->office->database->query(
            "SELECT detail FROM chekpost_audit WHERE action = 'install' ORDER BY id DESC LIMIT 1"
        );
        $detail = $rows === [] ? null : json_decode((new Row($rows[0]))->text('detail'), true);
        $id = is_array($detail) ? ($detail['ledgerId'] ?? null) : null;
        return is_string($id) && $id !== '' ? $id : null;
    }

    /** A random UUID, RFC 4122 section 4.4. */
    private static function newLedgerId(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
