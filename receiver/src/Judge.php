<?php

declare(strict_types=1);

namespace Chekpost;

/** Decides, before anything is written, what a receipt does. Reads only. */
final class Judge
{
    private Resolution $resolution;
    private SiteOrders $siteOrders;
    private Catalogue $catalogue;
    private Registers $registers;
    private Settings $settings;

    public function __construct(
        Resolution $resolution,
        SiteOrders $siteOrders,
        Catalogue $catalogue,
        Registers $registers,
        Settings $settings
    ) {
        $this->resolution = $resolution;
        $this->siteOrders = $siteOrders;
        $this->catalogue = $catalogue;
        $this->registers = $registers;
        $this->settings = $settings;
    }

    /** All reasons at once, so that a person need not come back for the next one. */
    public function judge(Sale $sale, Override $override): Judgement
    {
        $resolved = $this->resolution->resolve($sale, $override);
        $reasons = array_merge($this->ofReceipt($sale, $override, $resolved['sold']), $resolved['reasons']);
        $register = $this->registers->find($sale->registerId) ?? new RegisterRow($sale->registerId);
        $plan = new Plan();
        if ($this->settings->booking === Settings::BY_QUANTITY) {
            $this->fill($plan, $resolved['sold'], null, null);
        } else {
            array_push($reasons, ...$this->ofStores($register, $resolved['sold']));
            $this->fill($plan, $resolved['sold'], $register->storeId, $register->returnsInto());
        }
        if ($reasons === [] && !$plan->isEmpty()) {
            $tables = $this->catalogue->tablesWithoutTransactions();
            $reasons = $tables === [] ? [] : [Reasons::noTransactions($tables)];
        }
        if (!$this->settings->live && !($reasons === [] && $plan->isEmpty())) {
            $reasons[] = Reasons::trial();
        }
        return new Judgement($plan, $reasons);
    }

    /**
     * @param list<SoldLine> $sold
     * @return list<Reason>
     */
    private function ofReceipt(Sale $sale, Override $override, array $sold): array
    {
        if ($sale->type === Sale::CORRECTION && ($sold === [] || !$override->applies)) {
            return [Reasons::correction($sale->lines !== [])];
        }
        if ($override->applies) {
            return [];
        }
        if ($sale->mayBeSiteOrder !== []) {
            return [Reasons::mayBeSiteOrder($sale->mayBeSiteOrder)];
        }
        $order = $this->siteOrders->find($sale, $sold);
        return $order === null ? [] : [Reasons::siteOrderFound($order)];
    }

    /**
     * @param list<SoldLine> $sold
     * @return list<Reason>
     */
    private function ofStores(RegisterRow $register, array $sold): array
    {
        $reasons = [];
        $wanted = [];
        $ways = array_unique(array_map(static fn (SoldLine $line): string => $line->way, $sold));
        foreach ($ways as $way) {
            $store = $way === SaleLine::IN ? $register->returnsInto() : $register->storeId;
            if ($store === null) {
                $reasons[] = Reasons::noStore($register->id, $way === SaleLine::IN);
            } else {
                $wanted[] = $store;
            }
        }
        foreach (array_diff($wanted, $this->catalogue->activeStores($wanted)) as $store) {
            $reasons[] = Reasons::inactiveStore($store);
        }
        return $reasons;
    }

    /** @param list<SoldLine> $sold */
    private function fill(Plan $plan, array $sold, ?int $storeId, ?int $returnsStoreId): void
    {
        foreach ($sold as $line) {
            $store = $line->way === SaleLine::IN ? $returnsStoreId : $storeId;
            foreach ($line->parts as $part) {
                $plan->add($part['product'], $store, $line->way, $part['quantity']);
            }
        }
    }
}
