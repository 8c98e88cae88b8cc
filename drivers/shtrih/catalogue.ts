/**
 * The commands of the family by opcode, for `explain`: those we ask and those that only others send. Nothing here
 * can be encoded. Names and layouts: «Протокол работы ККТ с ФН» 1.17 and «Протокол работы ККТ» 2.0; `-` as a layout
 * means that the message carries nothing more, `?` that no source gives it.
 */
import { Reader } from '../bytes.ts'
import { commands } from './commands.ts'
import { type Fields, readLayout } from './layout.ts'

/** What is known of a command on the wire. Both readers throw `ShortRead` when bytes are missing. */
export interface CataloguedCommand {
  readonly name: string
  /** The agent can send it. */
  readonly asked: boolean
  /** Reads a request behind its opcode. */
  request(from: Reader): Fields
  /** Reads an answer without error, behind the error code. */
  answer(from: Reader): Fields
}

const unknownRequest = 'password:u4 data:hex?'
const unknownAnswer = 'data:hex?'

const others: readonly (readonly [code: number, name: string, request?: string, answer?: string])[] = [
  [0x01, 'Запрос дампа', 'password:u4 device:u1', 'blocks:u2'],
  [0x02, 'Запрос данных', 'password:u4', '?'],
  [0x03, 'Прерывание выдачи данных', 'password:u4', '-'],
  [0x12, 'Печать жирной строки'],
  [0x13, 'Гудок', 'password:u4', 'operator:u1'],
  [0x14, 'Установка параметров обмена', 'password:u4 port:u1 baud:u1 byteTimeout:u1', '-'],
  [0x15, 'Чтение параметров обмена', 'password:u4 port:u1', 'baud:u1 byteTimeout:u1'],
  [0x16, 'Технологическое обнуление', '-', '-'],
  [0x17, 'Печать строки'],
  [0x18, 'Печать заголовка документа'],
  [0x19, 'Тестовый прогон'],
  [0x1a, 'Запрос денежного регистра', 'password:u4 register:u1 registerHigh:u1?', 'operator:u1 value:u6'],
  [0x1b, 'Запрос операционного регистра', 'password:u4 register:u1', 'operator:u1 value:u2'],
  [0x1e, 'Запись таблицы', 'password:u4 table:u1 row:u2 field:u1 valueBytes:hex?', '-'],
  [0x20, 'Запись положения десятичной точки'],
  [0x21, 'Программирование времени', 'password:u4 time:clock', '-'],
  [0x22, 'Программирование даты', 'password:u4 date:rdate', '-'],
  [0x23, 'Подтверждение программирования даты', 'password:u4 date:rdate', '-'],
  [0x24, 'Инициализация таблиц начальными значениями', 'password:u4', '-'],
  [0x25, 'Отрезка чека', 'password:u4 cut:u1', 'operator:u1'],
  [
    0x26,
    'Прочитать параметры шрифта',
    'password:u4 font:u1',
    'printWidth:u2 charWidth:u1 charHeight:u1 fonts:u1',
  ],
  [0x27, 'Общее гашение', 'password:u4', '-'],
  [0x28, 'Открыть денежный ящик', 'password:u4 drawer:u1', 'operator:u1'],
  [0x29, 'Протяжка', 'password:u4 tape:u1 lines:u1', 'operator:u1'],
  [0x2b, 'Прерывание тестового прогона', 'password:u4', 'operator:u1'],
  [0x2c, 'Снятие показаний операционных регистров', 'password:u4', 'operator:u1'],
  [0x2d, 'Запрос структуры таблицы', 'password:u4 table:u1', 'name:a40 rows:u2 fields:u1'],
  [0x2e, 'Запрос структуры поля', 'password:u4 table:u1 field:u1', 'name:a40 type:u1 size:u1 limits:hex?'],
  [0x2f, 'Печать строки данным шрифтом'],
  [0x40, 'Суточный отчёт без гашения', 'password:u4', 'operator:u1'],
  [0x41, 'Суточный отчёт с гашением', 'password:u4', 'operator:u1'],
  [0x42, 'Отчёт по секциям'],
  [0x43, 'Отчёт по налогам'],
  [0x50, 'Внесение'],
  [0x51, 'Выплата'],
  [0x80, 'Продажа'],
  [0x81, 'Покупка'],
  [0x82, 'Возврат продажи'],
  [0x83, 'Возврат покупки'],
  [0x84, 'Сторно'],
  [0x85, 'Закрытие чека'],
  [0x86, 'Скидка'],
  [0x87, 'Надбавка'],
  [0x88, 'Аннулирование чека', 'password:u4', 'operator:u1'],
  [0x89, 'Подытог чека', 'password:u4', '?'],
  [0x8a, 'Сторно скидки'],
  [0x8b, 'Сторно надбавки'],
  [0x8c, 'Повтор документа', 'password:u4', 'operator:u1'],
  [0x8d, 'Открыть чек', 'password:u4 type:u1', 'operator:u1'],
  [0x8e, 'Закрытие чека расширенное'],
  [0xb0, 'Продолжение печати', 'password:u4', 'operator:u1'],
  [0xc0, 'Загрузка графики'],
  [0xc1, 'Печать графики'],
  [0xc2, 'Печать штрих-кода'],
  [0xc3, 'Печать расширенной графики'],
  [0xc4, 'Загрузка расширенной графики'],
  [0xc5, 'Печать линии'],
  [0xe0, 'Открыть смену', 'password:u4', 'operator:u1'],
  [0xfd, 'Управление портами дополнительных устройств'],
  [0xfe, 'Сервисные команды', 'data:hex?'],
  [0xff05, 'Начать отчёт о регистрации ККТ'],
  [0xff06, 'Сформировать отчёт о регистрации ККТ'],
  [0xff07, 'Сброс состояния ФН'],
  [0xff08, 'Отменить документ в ФН', 'password:u4', '-'],
  [0xff0b, 'Открыть смену в ФН'],
  [0xff0c, 'Передать произвольную TLV структуру', 'password:u4 tlv:tlv'],
  [0xff0d, 'Операция со скидками и надбавками'],
  [0xff0e, 'Запрос параметра фискализации', 'password:u4 index:u1 tag:u2', 'tlv:tlv'],
  [0xff30, 'Запрос о наличии данных в буфере', 'password:u4', 'bytesInBuffer:u2 maxBlock:u1'],
  [0xff31, 'Прочитать блок данных из буфера', 'password:u4 offset:u2 length:u1'],
  [0xff32, 'Начать запись данных в буфер'],
  [0xff33, 'Записать блок данных в буфер'],
  [0xff34, 'Сформировать отчёт о перерегистрации ККТ'],
  [0xff35, 'Начать формирование чека коррекции'],
  [0xff36, 'Сформировать чек коррекции'],
  [0xff37, 'Начать отчёт о состоянии расчётов'],
  [
    0xff38,
    'Сформировать отчёт о состоянии расчётов',
    'password:u4',
    'fd:u4 fiscalSign:u4 unconfirmed:u4 date:date',
  ],
  [0xff3c, 'Запрос квитанции ОФД', 'password:u4 fd:u4', 'dateTime:time operatorSign:s18 fd:u4'],
  [0xff3d, 'Начать закрытие фискального режима'],
  [0xff3e, 'Закрыть фискальный режим'],
  [0xff3f, 'Запрос количества документов без квитанции', 'password:u4', 'count:u2'],
  [0xff40, 'Запрос параметров текущей смены', 'password:u4', 'shiftOpen:bool shift:u2 receiptNo:u2'],
  [0xff41, 'Начать открытие смены'],
  [0xff42, 'Начать закрытие смены'],
  [0xff43, 'Закрыть смену в ФН'],
  [
    0xff45,
    'Закрытие чека расширенное вариант 2',
    unknownRequest,
    'changeKopecks:u5 fd:u4 fiscalSign:u4 dateTime:time?',
  ],
  [
    0xff46,
    'Операция вариант 2',
    'password:u4 operation:u1 quantity:qty priceKopecks:u5 sumKopecks:money vat:money vatRate:u1 department:u1 method:u1 subject:u1 name:text?',
    '-',
  ],
  [0xff49, 'Передача кода товара'],
  [0xff4a, 'Сформировать чек коррекции вариант 2'],
  [0xff4b, 'Скидка или надбавка на чек'],
  [0xff4c, 'Запрос итогов фискализации с номером', 'password:u4 index:u1'],
  [0xff4d, 'Передать TLV структуру, привязанную к операции', 'password:u4 tlv:tlv', '-'],
  [0xff4e, 'Запись блока данных'],
  [0xff50, 'Онлайн-платёж'],
  [0xff60, 'Запрос TLV параметра регистрации', 'password:u4 index:u1 tag:u2', 'tlv:tlv'],
  [0xff61, 'Проверка маркированного товара'],
  [0xff62, 'Синхронизация регистров'],
  [
    0xff63,
    'Запрос ресурса свободной памяти ФН',
    'password:u4',
    'documentsLeft:u4 thirtyDayKib:u4 markingFill:u1?',
  ],
  [0xff67, 'Привязка маркированного товара'],
  [0xff69, 'Принять или отвергнуть код маркировки'],
  [0xff70, 'Запрос состояния по работе с кодами маркировки', 'password:u4'],
  [0xff71, 'Начать выгрузку уведомлений о реализации'],
  [0xff72, 'Прочитать блок уведомления'],
  [0xff73, 'Подтвердить выгрузку уведомления'],
  [0xff74, 'Запрос исполнения ФН', 'password:u4'],
  [0xff75, 'Запрос размера текущих документов', 'password:u4'],
]

/** Requests of the commands we ask; their answers are read as the driver reads them, unless given here. */
const asked: readonly (readonly [
  command: (typeof commands)[keyof typeof commands],
  request: string,
  answer?: string,
])[] = [
  [commands.shortStatus, 'password:u4'],
  [
    commands.fullStatus,
    'password:u4',
    'operator:u1 firmware:a2 build:u2 firmwareDate:rdate hall:u1 document:u2 flags:u2 mode:u1 submode:u1 port:u1 _:s7 date:rdate time:clock _:u1 serial:u4 lastClosedShift:u2 _:s2 registrationsDone:u1 registrationsLeft:u1 inn:u6',
  ],
  [commands.tableField, 'password:u4 table:u1 row:u2 field:u1'],
  [commands.errorText, 'code:u1', 'text:text'],
  [commands.modelParameters, 'parameters:u1'],
  [commands.deviceType, ''],
  [commands.driveStatus, 'password:u4'],
  [commands.driveNumber, 'password:u4', 'fn:a16'],
  [commands.driveExpiry, 'password:u4'],
  [commands.driveVersion, 'password:u4'],
  [commands.registration, 'password:u4'],
  [commands.operatorQueue, 'password:u4'],
  [commands.findDocument, 'password:u4 fd:u4'],
  [commands.openDocument, 'password:u4 fd:u4'],
  [commands.documentPortion, 'password:u4', 'tlv:tlv'],
]

function laidOut(notation: string | undefined, whenUnknown: string): (from: Reader) => Fields {
  const known = notation === undefined || notation === '?' ? whenUnknown : notation === '-' ? '' : notation
  return (from) => readLayout(known, from)
}

/** Every command that `explain` knows, by opcode. */
export const catalogue: ReadonlyMap<number, CataloguedCommand> = new Map([
  ...others.map(([code, name, request, answer]): [number, CataloguedCommand] => [
    code,
    { name, asked: false, request: laidOut(request, unknownRequest), answer: laidOut(answer, unknownAnswer) },
  ]),
  ...asked.map(([command, request, answer]): [number, CataloguedCommand] => [
    command.code,
    {
      name: command.name,
      asked: true,
      request: laidOut(request, ''),
      answer: answer === undefined ? (from) => readByDriver(command, from) : laidOut(answer, ''),
    },
  ]),
])

function readByDriver(command: { read(from: Reader): unknown }, from: Reader): Fields {
  const answer = command.read(from)
  if (answer instanceof Uint8Array) return readTableValue(answer)
  return typeof answer === 'object' && answer !== null ? { ...answer } : { value: answer }
}

/** A table's field: whether it is a number or a text stands in the table's structure, not in the answer. */
function readTableValue(bytes: Uint8Array): Fields {
  const end = bytes.indexOf(0)
  const letters = end < 0 ? bytes : bytes.subarray(0, end)
  const valueBytes = readLayout('valueBytes:hex', new Reader(bytes))
  const number =
    bytes.length > 0 && bytes.length <= 6 ? readLayout(`value:u${bytes.length}`, new Reader(bytes)) : {}
  const isText = letters.length > 0 && letters.every((byte) => byte >= 0x20)
  return { ...valueBytes, ...number, ...(isText ? readLayout('text:text', new Reader(letters)) : {}) }
}
