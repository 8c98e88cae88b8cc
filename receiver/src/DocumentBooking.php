<?php

declare(strict_types=1);

namespace Chekpost;

/**
 * Books a receipt as conducted documents of the stores: R for what comes in, D for what goes out. Never S, which adds.
 *
 * Nothing that Bitrix answers is believed alone: `add` succeeds though lines were lost, and `conductDocument` writes
 * the status after the stock, so lines, status and amounts are read back (catalog module 22.900:
 * general/store_docs.php).
 */
final class DocumentBooking implements Booking
{
    private const TYPES = [SaleLine::IN => Bitrix::RETURN, SaleLine::OUT => Bitrix::DEDUCT];
    private const STORE_FIELDS = [SaleLine::IN => 'STORE_TO', SaleLine::OUT => 'STORE_FROM'];

    private Bitrix $bitrix;
    private Database $database;
    private Settings $settings;
    private ?Plan $plan = null;
    /** @var array<string, Decimal> */
    private array $before = [];
    /** @var array<string, int> way → document */
    private array $documents = [];

    public function __construct(Bitrix $bitrix, Database $database, Settings $settings)
    {
        $this->bitrix = $bitrix;
        $this->database = $database;
        $this->settings = $settings;
    }

    public function name(): string
    {
        return Settings::BY_DOCUMENTS;
    }

    public function book(Sale $sale, Plan $plan): array
    {
        // The first read of the transaction: a plain read before it would freeze an older state of the rows.
        $this->before = $this->amounts($plan, 'FOR UPDATE');
        $this->plan = $plan;
        if ($this->bitrix->option('catalog', 'default_use_store_control', 'N') !== 'Y') {
            throw new Parked([Reasons::controlOff()]);
        }
        $shortage = new Shortage($this->bitrix, $plan, $this->before);
        $forbidden = $shortage->forbidden();
        if ($forbidden !== []) {
            throw new Parked($forbidden);
        }
        $documents = [];
        foreach (self::TYPES as $way => $type) {
            $movements = $plan->ways($way);
            if ($movements !== []) {
                $id = $this->conduct($sale, $way, $movements, $shortage);
                $documents[] = ['id' => $id, 'type' => $type, 'number' => $sale->key];
            }
        }
        $this->checkAmounts($plan);
        return $documents;
    }

    public function hasLeftTraces(): bool
    {
        if ($this->plan === null) {
            return false;
        }
        foreach ($this->amounts($this->plan, '') as $place => $amount) {
            if (!$amount->isNear($this->before[$place])) {
                return true;
            }
        }
        return false;
    }

    public function before(): array
    {
        return $this->before;
    }

    public function documents(): array
    {
        return $this->documents;
    }

    /** @param list<Movement> $movements */
    private function conduct(Sale $sale, string $way, array $movements, Shortage $shortage): int
    {
        $id = $this->bitrix->addDocument($this->fields($sale, $way, $movements));
        $this->documents[$way] = $id;
        $this->checkLines($id, $way, $movements);
        try {
            $this->bitrix->conductDocument($id, $this->settings->userId);
        } catch (BitrixRefusal $refusal) {
            // Where a right decides, only this tells; any other refusal is one.
            $short = $way === SaleLine::OUT ? $shortage->all() : [];
            throw $short === [] ? $refusal : new Parked($short);
        }
        $this->checkStatus($id);
        return $id;
    }

    /**
     * @param list<Movement> $movements
     * @return array<string, mixed>
     */
    private function fields(Sale $sale, string $way, array $movements): array
    {
        $lines = [];
        foreach ($movements as $movement) {
            $lines[] = [
                'ELEMENT_ID' => $movement->product->id,
                self::STORE_FIELDS[$way] => $movement->storeId,
                'AMOUNT' => $movement->quantity->text(),
            ];
        }
        $what = $way === SaleLine::IN ? 'розница, возврат' : 'розница';
        $time = $sale->spokenTime();
        $date = $this->bitrix->siteTime($sale->rawTime);
        return ($date === null ? [] : ['DATE_DOCUMENT' => $date]) + [
            'DOC_TYPE' => self::TYPES[$way],
            'SITE_ID' => $this->settings->siteId,
            'DOC_NUMBER' => $sale->key,
            'TITLE' => "Чек {$sale->fd} от {$time}, {$what}",
            'COMMENTARY' => "Чек: ФН {$sale->fn}, ФД {$sale->fd}, ФПД {$sale->fpd} от {$time}, {$what}, "
                . "касса {$sale->registerId}. Проведено приёмником чеков chekpost.",
            'RESPONSIBLE_ID' => $this->settings->responsibleId,
            'CREATED_BY' => $this->settings->userId,
            'CURRENCY' => $this->settings->currency,
            'ELEMENT' => $lines,
        ];
    }

    /** @param list<Movement> $movements */
    private function checkLines(int $id, string $way, array $movements): void
    {
        $store = self::STORE_FIELDS[$way];
        $rows = $this->database->query(
            "SELECT ELEMENT_ID, $store AS STORE, CAST(AMOUNT AS DECIMAL(24,6)) AS AMOUNT FROM b_catalog_docs_element
             WHERE DOC_ID = ?",
            [$id]
        );
        $stored = [];
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $stored[$row->text('ELEMENT_ID') . ':' . ($row->textOrNull('STORE') ?? '')] = $row->text('AMOUNT');
        }
        foreach ($movements as $movement) {
            $amount = $stored[$movement->place()] ?? null;
            if ($amount === null || !Decimal::of($amount)->isNear($movement->quantity)) {
                throw new BookingError("Строка документа [$id] о товаре {$movement->product->spoken()} не записалась");
            }
        }
        if (count($rows) !== count($movements)) {
            throw new BookingError("В документе [$id] строк " . count($rows) . ', а должно быть ' . count($movements));
        }
    }

    private function checkStatus(int $id): void
    {
        $rows = $this->database->query('SELECT STATUS, WAS_CANCELLED FROM b_catalog_store_docs WHERE ID = ?', [$id]);
        $row = new Row($rows[0] ?? []);
        if ($row->textOrNull('STATUS') !== 'Y' || $row->textOrNull('WAS_CANCELLED') === 'Y') {
            throw new BookingError("Документ [$id] после проведения не отмечен проведённым");
        }
    }

    private function checkAmounts(Plan $plan): void
    {
        $after = $this->amounts($plan, '');
        foreach ($plan->changes() as $place => $change) {
            $expected = $this->before[$place]->plus($change);
            if (!$after[$place]->isNear($expected)) {
                throw new BookingError(
                    "Остаток [товар:склад $place] после проведения {$after[$place]->text()} вместо {$expected->text()}"
                );
            }
        }
    }

    /**
     * By `Movement::place()`, for every place of the plan; no row is nought.
     *
     * @param string $lock `FOR UPDATE` or empty
     * @return array<string, Decimal>
     */
    private function amounts(Plan $plan, string $lock): array
    {
        $amounts = array_fill_keys(array_keys($plan->changes()), Decimal::zero());
        $rows = $this->database->query(
            "SELECT PRODUCT_ID, STORE_ID, CAST(AMOUNT AS DECIMAL(24,6)) AS AMOUNT FROM b_catalog_store_product
             WHERE PRODUCT_ID IN (?) AND STORE_ID IN (?) ORDER BY PRODUCT_ID, STORE_ID $lock",
            [$plan->productIds(), $plan->storeIds()]
        );
        foreach ($rows as $columns) {
            $row = new Row($columns);
            $place = $row->text('PRODUCT_ID') . ':' . $row->text('STORE_ID');
            if (isset($amounts[$place])) {
                $amounts[$place] = Decimal::of($row->textOrNull('AMOUNT') ?? '0');
            }
        }
        return $amounts;
    }
}
