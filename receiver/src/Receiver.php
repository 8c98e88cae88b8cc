<?php

declare(strict_types=1);

namespace Chekpost;

/** The parts of the receiver, put together in one place. */
final class Receiver
{
    public Bitrix $bitrix;
    public Database $database;
    public Settings $settings;
    public Clock $clock;
    public Ledger $ledger;
    public Registers $registers;
    public ProductMap $map;
    public Catalogue $catalogue;

    public function __construct(Bitrix $bitrix, Clock $clock)
    {
        $this->bitrix = $bitrix;
        $this->clock = $clock;
        $this->database = new Database($bitrix);
        $this->settings = Settings::read($bitrix);
        $this->ledger = new Ledger($this->database, $clock);
        $this->registers = new Registers($this->database, $clock);
        $this->map = new ProductMap($this->database, $clock);
        $this->catalogue = new Catalogue($this->database);
    }

    public static function open(): self
    {
        return new self(new Bitrix(), new SystemClock());
    }

    public function door(): Door
    {
        return new Door($this->registers, $this->settings, $this->clock);
    }

    public function sales(): Sales
    {
        $identification = new Identification($this->map, $this->catalogue, $this->settings->articleProperty);
        return new Sales(
            $this->bitrix,
            $this->database,
            $this->ledger,
            new Judge(
                new Resolution($this->bitrix, $this->catalogue, $identification),
                new SiteOrders($this->bitrix, $this->database),
                $this->catalogue,
                $this->registers,
                $this->settings
            ),
            new Parking($this->bitrix, $this->ledger, $this->settings, $this->clock),
            $this->settings
        );
    }
}
