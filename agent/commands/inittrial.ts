/** `chekpost init`, last part: receipts read for trial, to know how many of their products the site will find. */
import { driverNamed } from '../../drivers/index.ts'
import { type DryRun, readDry, readyShare, shareOf } from '../init/dryrun.ts'
import type { Sighting } from '../init/seek.ts'
import { text } from '../text.ts'
import { type Context, say } from './context.ts'
import type { InitDone } from './init.ts'
import { clear } from './initseek.ts'

/** Of the registers that can be read right now, all together; null when none can. */
export async function runDry(
  context: Context,
  teller: Context,
  registers: readonly Sighting[],
  zone: string,
): Promise<InitDone['dryRun']> {
  const now = new Date().toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')
  let sum: DryRun | null = null
  for (const { address, driver: name, settings, state } of registers) {
    if (state?.kind !== 'idle') continue
    const driver = driverNamed(name)
    const told = (done: number, of: number) => {
      if (teller.interactive) teller.out.write(`\r\u001b[K  ${done}/${of}`)
    }
    const one = await readDry(driver, address, driver.settings.parse(settings), { now }, told, context.signal)
    if (one !== null) sum = sum === null ? one : added(sum, one)
  }
  clear(teller)
  if (sum === null || sum.receipts === 0) {
    say(
      teller,
      text(
        '\nПробного чтения чеков не было: касса занята, отказала, или чеков за месяц нет.',
        '\nNo receipts were read for trial: the register is busy, refused, or has none of this month.',
      ),
    )
    return null
  }
  tellDry(teller, sum)
  return { ...sum, share: shareOf(sum) }
}

function added(one: DryRun, other: DryRun): DryRun {
  return {
    receipts: one.receipts + other.receipts,
    coded: one.coded + other.coded,
    named: one.named + other.named,
    review: one.review + other.review,
    cut: one.cut ?? other.cut,
  }
}

function tellDry(context: Context, run: DryRun): void {
  const percent = Math.floor(shareOf(run) * 100)
  const { receipts, coded, named, review } = run
  say(
    context,
    text(
      `\nЧеков за месяц прочитано ${receipts}. Строк с кодом товара ${coded}, только с названием ${named}, решает человек ${review}: сайт узнает сам ${percent} %.`,
      `\n${receipts} receipts of this month were read. Lines with a code: ${coded}, with a name only: ${named}, for a person: ${review}. The site can find ${percent} % by itself.`,
    ),
  )
  if (run.cut !== null)
    say(context, text(`(прочитаны не все: ${run.cut.ru})`, `(not all were read: ${run.cut.en})`))
  if (shareOf(run) >= readyShare) return
  say(
    context,
    text(
      'Меньше 95 %: не включайте приём сразу. Оставьте приёмник в пробном режиме, свяжите товары на вкладке «Незнакомые коды» (или таблицей CSV), затем включите: docs/bitrix.ru.md, шаги 8–10.',
      'Below 95 %: do not go live yet. Leave the receiver in its trial mode, match the products on its page (or by CSV), then go live: docs/bitrix.md, steps 8 to 10.',
    ),
  )
}
