/** The settings tables that can be read with 1Fh, 2Dh and 2Eh (protocol 1.17; "Общее руководство", 22.06.2018). */
import { cp1251, fixed, join, le } from './encoding.ts'
import type { Machine } from './machine.ts'
import { Refused } from './refusal.ts'

interface Column {
  readonly name: string
  readonly kind: 'text' | 'number'
  /** Bytes. */
  readonly size: number
  value(machine: Machine, row: number): string | number
}

/** One table; its columns are counted from 1. */
export interface Table {
  readonly name: string
  readonly rows: number
  readonly columns: readonly Column[]
}

const text = (name: string, size: number, value: (machine: Machine, row: number) => string): Column => ({
  name,
  kind: 'text',
  size,
  value,
})
const number = (name: string, size: number, value: (machine: Machine) => number): Column => ({
  name,
  kind: 'number',
  size,
  value,
})
const reserve = (size = 1) => number('Резерв', size, () => 0)

const cashiers: Table = {
  name: 'Пароли кассиров и администраторов',
  rows: 30,
  columns: [
    number('Пароль', 4, () => 0),
    text('Имя кассира', 21, (machine, row) => (row === 1 ? machine.owner.cashier : `Оператор ${row}`)),
  ],
}

const regional: Table = {
  name: 'Региональные настройки',
  rows: 1,
  columns: [
    ...Array.from({ length: 16 }, () => reserve()),
    number('Формат фискальных документов', 1, ({ owner }) => (owner.ffd === '1.2' ? 4 : 2)),
    ...Array.from({ length: 13 }, () => reserve()),
    number('Rus реплика документа фн', 1, () => 0),
  ],
}

const storage: Table = {
  name: 'Фискальный накопитель',
  rows: 1,
  columns: [
    text('Заводской номер ККТ', 21, (machine) => machine.serial),
    text('ИНН', 17, ({ owner }) => owner.inn),
    text('РНМ', 21, ({ owner }) => owner.registrationNumber),
    text('Номер ФН', 17, ({ drive }) => drive.facts.number),
    number('Системы налогообложения', 1, ({ owner }) => owner.taxation),
    number('Режим работы', 1, ({ owner }) => owner.workMode),
    text('Пользователь', 128, ({ owner }) => owner.organisation),
    text('Кассир', 128, ({ owner }) => owner.cashier),
    text('Адрес расчетов', 128, ({ owner }) => owner.address),
    text('Наименование ОФД', 64, () => 'ОФД'),
    text('Сайт ОФД', 64, () => 'ofd.example'),
    text('ИНН ОФД', 13, () => '7704358518'),
    text('Сайт ФНС', 64, () => 'www.nalog.gov.ru'),
    text('Место расчетов', 128, ({ owner }) => owner.place),
    text('Почта отправителя', 64, () => ''),
    text('Номер автомата', 21, () => ''),
    text('Пользователь, продолжение', 128, () => ''),
    text('Адрес расчетов, продолжение', 128, () => ''),
    reserve(),
    text('Место расчетов, продолжение', 128, () => ''),
  ],
}

const operator: Table = {
  name: 'Параметры ОФД',
  rows: 1,
  columns: [
    text('Сервер', 64, () => 'ofd.example'),
    number('Порт', 2, () => 7777),
    number('Таймаут чтения ответа', 2, () => 1000),
  ],
}

const exchange: Table = {
  name: 'Статус обмена с ОФД',
  rows: 1,
  columns: [
    reserve(),
    reserve(),
    number('Неотправленных документов', 2, ({ drive }) => drive.unsent().length),
    number('Первый неотправленный документ', 4, ({ drive }) => drive.unsent()[0]?.number ?? 0),
  ],
}

const interfaces: Table = {
  name: 'Сетевые интерфейсы',
  rows: 1,
  columns: [
    number('Режим PPP', 1, () => 0),
    number('Обмен с ОФД', 1, () => 1),
    number('TCP-сервер', 1, () => 1),
    number('Порт TCP-сервера', 2, () => 7778),
    ...Array.from({ length: 4 }, () => reserve()),
    number('RNDIS', 1, () => 1),
  ],
}

/** Reads tables of one machine; those of the fiscal drive and the operator lie where F7h says. */
export class Tables {
  readonly #machine: Machine
  readonly #tables: ReadonlyMap<number, Table>

  constructor(machine: Machine) {
    this.#machine = machine
    const [storageTable = 18, operatorTable = 19] = machine.model.parameters.tables
    this.#tables = new Map([
      [2, cashiers],
      [17, regional],
      [20, exchange],
      [21, interfaces],
      [storageTable, storage],
      [operatorTable, operator],
    ])
  }

  /** 2Dh: name, number of rows, number of columns. */
  structure(table: number): Uint8Array {
    const { name, rows, columns } = this.#table(table)
    return join(fixed(cp1251(name), 40), le(rows, 2), [columns.length])
  }

  /** 2Eh: name, type, size and, of numbers, the least and the greatest value. */
  column(table: number, field: number): Uint8Array {
    const { name, kind, size } = this.#column(table, field)
    const limits = kind === 'text' ? [] : [...le(0, size), ...le(256 ** size - 1, size)]
    return join(fixed(cp1251(name), 40), [kind === 'text' ? 1 : 0, size], limits)
  }

  /** 1Fh: the value as it lies in memory. */
  cell(table: number, row: number, field: number): Uint8Array {
    const { kind, size, value } = this.#column(table, field)
    if (row < 1 || row > this.#table(table).rows) throw new Refused(0x33)
    const held = value(this.#machine, row)
    if (kind === 'number') return join(le(Number(held), size))
    const bytes = cp1251(String(held)).subarray(0, size)
    return this.#machine.model.paddedTexts ? fixed(bytes, size) : bytes
  }

  #table(number: number): Table {
    const table = this.#tables.get(number)
    if (table === undefined) throw new Refused(0x5d)
    return table
  }

  #column(table: number, field: number): Column {
    const column = this.#table(table).columns[field - 1]
    if (column === undefined) throw new Refused(0x33)
    return column
  }
}
