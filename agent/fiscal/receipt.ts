/** Facts → Receipt: every line with its codes and with what it does to stock. */
import { productCode } from './codes.ts'
import type { FiscalDocument } from './document.ts'
import type { LineFacts, ReceiptFacts } from './facts.ts'
import type { Receipt, ReceiptLine } from './model.ts'
import { type Decision, decideMove, type StockRules } from './stock.ts'
import { settleStorno } from './storno.ts'
import { factsOf } from './taggedreceipt.ts'

/** The receipt in a document of type 3, 4, 31 or 41. Every line is in it, in the document's order. */
export function toReceipt(document: FiscalDocument, rules: StockRules): Receipt {
  return receiptOf(factsOf(document), rules)
}

/** The receipt that facts from whatever source make. */
export function receiptOf(facts: ReceiptFacts, rules: StockRules): Receipt {
  const { lines: written, unreadable, problems, ...same } = facts
  const decided = written.map((line) => ({ facts: line, decision: decide(facts, line, rules) }))
  const decisions = settleStorno(decided)
  const lines = written.map((line, i) =>
    lineOf(i + 1, line, decisions[i] ?? decide(facts, line, rules), rules),
  )
  return {
    ...inOrder(same),
    lines: lines.map(({ line }) => line),
    problems: [
      ...problems,
      ...(lines.length === 0 && facts.correction === null ? ['the receipt has no lines'] : []),
      ...lines.flatMap(({ line, problems }) => problems.map((problem) => `line ${line.n}: ${problem}`)),
    ],
  }
}

/** The keys in the order in which `chekpost decode` prints them. */
function inOrder(facts: Omit<Receipt, 'lines' | 'problems'>): Omit<Receipt, 'lines' | 'problems'> {
  return {
    documentType: facts.documentType,
    ffd: facts.ffd,
    fn: facts.fn,
    fd: facts.fd,
    fp: facts.fp,
    time: facts.time,
    operation: facts.operation,
    shift: facts.shift,
    receiptInShift: facts.receiptInShift,
    registrationNumber: facts.registrationNumber,
    inn: facts.inn,
    taxation: facts.taxation,
    total: facts.total,
    cash: facts.cash,
    electronic: facts.electronic,
    prepaid: facts.prepaid,
    credit: facts.credit,
    provision: facts.provision,
    correction: facts.correction,
  }
}

function decide(receipt: ReceiptFacts, line: LineFacts, rules: StockRules): Decision {
  return decideMove(
    {
      documentType: receipt.documentType,
      operation: receipt.operation,
      method: line.method,
      subject: line.subject,
      quantity: line.quantity,
      measure: line.measure,
      share: line.share,
      unreadable: [...receipt.unreadable, ...line.unreadable],
    },
    rules,
  )
}

function lineOf(
  n: number,
  facts: LineFacts,
  { move, why }: Decision,
  rules: StockRules,
): { line: ReceiptLine; problems: readonly string[] } {
  const { code, problems } = productCode(facts.codes, rules.codes)
  const { name, quantity, unit, price, sum, vat, method, subject } = facts
  return {
    line: { n, name, quantity, unit, price, sum, vat, method, subject, code, move, why },
    problems: [...facts.problems, ...problems],
  }
}
