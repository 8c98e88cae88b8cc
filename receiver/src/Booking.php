<?php

declare(strict_types=1);

namespace Chekpost;

/** One way of moving stock for a receipt, within a transaction of the caller. One object serves one attempt. */
interface Booking
{
    /** `Settings::BY_DOCUMENTS` or `Settings::BY_QUANTITY`. */
    public function name(): string;

    /**
     * Locks the rows of stock, moves them, reads back that each has moved by exactly its quantity.
     *
     * @return list<array{id: int, type: string, number: string}> documents made
     * @throws Parked when stock may not fall so low
     * @throws BitrixRefusal when Bitrix says no
     */
    public function book(Sale $sale, Plan $plan): array;

    /**
     * After a rollback that may not have been whole: is any row of stock another than before?
     */
    public function hasLeftTraces(): bool;

    /** What a row held when it was locked. @return array<string, Decimal> by `Movement::place()` */
    public function before(): array;

    /** Documents made. @return array<string, int> way → id */
    public function documents(): array;
}
