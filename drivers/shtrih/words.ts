/**
 * What `explain` says in the words of programs (names of questions and fields, single bytes, problems), in words for
 * people. Names that only other programs' commands carry are missing: those are never shown.
 */
import type { Text } from '../contract.ts'

const rows: readonly (readonly [said: string, ru: string, en: string])[] = [
  ['operator', 'кассир', 'operator'],
  ['flags', 'флаги', 'flags'],
  ['mode', 'режим', 'mode'],
  ['modeStatus', 'состояние режима', 'state of the mode'],
  ['submode', 'подрежим', 'submode'],
  ['operations', 'операций в чеке', 'operations in the receipt'],
  ['lastPrint', 'последняя печать', 'last printing'],
  ['meaning', 'ошибка', 'error'],
  ['frameNumber', 'кадр №', 'frame no.'],
  ['firmware', 'прошивка', 'firmware'],
  ['build', 'сборка', 'build'],
  ['firmwareDate', 'дата прошивки', 'date of the firmware'],
  ['hall', 'номер в зале', 'number in the hall'],
  ['document', 'документ', 'document'],
  ['port', 'порт', 'port'],
  ['date', 'дата', 'date'],
  ['time', 'время', 'time'],
  ['serial', 'зав. №', 'serial'],
  ['lastClosedShift', 'последняя закрытая смена', 'last closed shift'],
  ['registrationsDone', 'регистраций сделано', 'registrations done'],
  ['registrationsLeft', 'регистраций осталось', 'registrations left'],
  ['inn', 'ИНН', 'INN'],
  ['table', 'таблица', 'table'],
  ['row', 'ряд', 'row'],
  ['field', 'поле', 'field'],
  ['code', 'код', 'code'],
  ['text', 'текст', 'text'],
  ['parameters', 'набор параметров', 'set of parameters'],
  ['innDigits', 'знаков ИНН', 'digits of the INN'],
  ['rnmDigits', 'знаков РНМ', 'digits of the registration number'],
  ['longRnmDigits', 'знаков длинного РНМ', 'digits of the long registration number'],
  ['longSerialDigits', 'знаков длинного зав. №', 'digits of the long serial'],
  ['maxCommand', 'наибольшая команда', 'longest command'],
  ['fnTable', 'таблица ФН', 'table of the drive'],
  ['ofdTable', 'таблица ОФД', 'table of the OFD'],
  ['embeddedTable', 'таблица встраиваемой техники', 'table of embedded devices'],
  ['ffdTable', 'таблица ФФД', 'table of the FFD'],
  ['ffdField', 'поле ФФД', 'field of the FFD'],
  ['type', 'тип', 'type'],
  ['subtype', 'подтип', 'subtype'],
  ['protocol', 'протокол', 'protocol'],
  ['model', 'модель', 'model'],
  ['language', 'язык', 'language'],
  ['name', 'название', 'name'],
  ['phase', 'фаза жизни ФН', "phase of the drive's life"],
  ['currentDoc', 'текущий документ', 'document at work'],
  ['docData', 'данные документа', 'data of the document'],
  ['shiftOpen', 'смена открыта', 'shift open'],
  ['warnings', 'предупреждения', 'warnings'],
  ['dateTime', 'дата и время', 'date and time'],
  ['fn', 'ФН', 'drive'],
  ['lastFd', 'последний ФД', 'last document'],
  ['fnVersion', 'версия ФН', 'version of the drive'],
  ['debug', 'отладочный', 'debug'],
  ['rnm', 'РНМ', 'registration number'],
  ['taxSystems', 'системы налогообложения', 'taxation'],
  ['workMode', 'режим работы', 'mode of work'],
  ['fd', 'ФД', 'document'],
  ['fiscalSign', 'ФП', 'fiscal sign'],
  ['docType', 'вид документа', 'kind of document'],
  ['ofdTicket', 'квитанция ОФД', 'ticket of the OFD'],
  ['length', 'длина', 'length'],
  ['there is no command in it', 'в кадре нет команды', 'there is no command in it'],
  ['shorter than its layout', 'короче, чем должно быть', 'shorter than its layout'],
  ['the answer has no error code', 'в ответе нет кода ошибки', 'the answer has no error code'],
  ['bytes follow an error code', 'за кодом ошибки идут байты', 'bytes follow an error code'],
  [
    'the firmware does not know two-byte commands',
    'прошивка не знает двухбайтовых команд',
    'the firmware does not know two-byte commands',
  ],
]

/** The vendor's names of our questions; in Russian they stay as they are in his papers. */
const questions: readonly (readonly [name: string, en: string])[] = [
  ['Короткий запрос состояния ККТ', 'state of the register, in short'],
  ['Запрос состояния ККТ', 'state of the register'],
  ['Чтение таблицы', 'a setting of the register'],
  ['Возврат названия ошибки', 'the name of an error'],
  ['Расширенный запрос', 'parameters of the model'],
  ['Получить тип устройства', 'type of the device'],
  ['Запрос статуса ФН', 'state of the fiscal drive'],
  ['Запрос номера ФН', 'number of the fiscal drive'],
  ['Запрос срока действия ФН', 'until when the fiscal drive is valid'],
  ['Запрос версии ФН', 'version of the fiscal drive'],
  ['Запрос итогов фискализации', 'registration of the register'],
  ['Запрос статуса информационного обмена', 'exchange with the OFD'],
  ['Найти фискальный документ по номеру', 'find a document by its number'],
  ['Запросить фискальный документ в TLV формате', 'ask for a document in full'],
  ['Чтение TLV фискального документа', 'a piece of the document'],
]

/**
 * Single bytes mean what the byte before made of them (appendix 3, «Протокол работы ККТ с ФН» 1.17): by both, else by
 * themselves. `>` we say, `<` the register says, `frame` is a whole question or answer.
 */
const talk: readonly (readonly [said: string, ru: string, en: string])[] = [
  ['>ENQ', 'готова ли касса?', 'is the register ready?'],
  [
    '>ENQ >ENQ',
    'касса молчит; спрашиваем ещё раз, готова ли',
    'no answer; is the register ready, once more?',
  ],
  [
    '>frame >ENQ',
    'на вопрос нет ответа; что с кассой?',
    'the question was not answered; what is the register at?',
  ],
  ['<NAK', 'принято с ошибкой, просит повторить', 'came damaged, asks to say it again'],
  ['>ENQ <NAK', 'готова, ждёт вопроса', 'ready, waits for a question'],
  ['<ACK', 'вопрос принят, сейчас ответит', 'the question is taken, the answer comes'],
  ['>ENQ <ACK', 'ещё отвечает на прежний вопрос', 'still answers an earlier question'],
  ['>ACK', 'ответ получен без ошибок', 'the answer came whole'],
  ['>NAK', 'ответ пришёл с ошибкой, просим повторить', 'the answer came damaged, say it again'],
  [
    'stray FF of RNDIS models, to be skipped',
    'лишний байт, бывает у касс с USB-сетью; не мешает',
    'a stray byte of registers with a USB network; does no harm',
  ],
  ['v2 synchronisation', 'договариваются о номерах кадров', 'agreeing on the numbers of frames'],
  ['v2: nothing executed yet', 'ответа ещё нет', 'no answer yet'],
]

/** By what `explain` says. */
export const words: Readonly<Record<string, Text>> = Object.fromEntries([
  ...[...rows, ...talk].map(([said, ru, en]) => [said, { ru, en }]),
  ...questions.map(([name, en]) => [name, { ru: name, en }]),
])
