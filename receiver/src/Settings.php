<?php

declare(strict_types=1);

namespace Chekpost;

/** The site's options of the module `chekpost`. */
final class Settings
{
    public const MODULE = 'chekpost';
    public const BY_DOCUMENTS = 'documents';
    public const BY_QUANTITY = 'quantity';

    public string $ledgerId = '';
    /** As installed; another host that answers is a copy of the site. */
    public string $host = '';
    public string $siteId = 's1';
    public string $booking = self::BY_DOCUMENTS;
    /** The technical user documents are made by. */
    public int $userId = 0;
    public int $responsibleId = 0;
    public bool $live = false;
    /** Who confirmed, and when, that receipts below zero wait; empty when nobody did. */
    public string $shortConfirmed = '';
    /** Code of the iblock property that holds the article; empty: not searched. */
    public string $articleProperty = '';
    public bool $clearTagCache = false;
    public string $ownerMail = '';
    public string $tradingHours = '09:00-21:00';
    public string $currency = 'RUB';

    public static function read(Bitrix $bitrix): self
    {
        $option = static fn (string $name, string $default = ''): string =>
            $bitrix->option(self::MODULE, $name, $default);
        $settings = new self();
        $settings->ledgerId = $option('ledgerId');
        $settings->host = $option('host');
        $settings->siteId = $option('siteId', $settings->siteId);
        $settings->booking = $option('booking', $settings->booking);
        $settings->userId = (int) $option('userId');
        $settings->responsibleId = (int) $option('responsibleId');
        $settings->live = $option('live') === 'Y';
        $settings->shortConfirmed = $option('shortConfirmed');
        $settings->articleProperty = $option('articleProperty');
        $settings->clearTagCache = $option('clearTagCache') === 'Y';
        $settings->ownerMail = $option('ownerMail');
        $settings->tradingHours = $option('tradingHours', $settings->tradingHours);
        $settings->currency = $option('currency', $settings->currency);
        return $settings;
    }

    /**
     * Who answers; a part of every answer.
     *
     * @return array{ledgerId: string, host: string}
     */
    public function place(): array
    {
        return ['ledgerId' => $this->ledgerId, 'host' => $this->host];
    }
}
