/** Everything that goes wrong in a shop, one thing after the other, by chance and repeatable by its seed. */
import { type Text, text } from '../../agent/text.ts'
import { pause } from '../../drivers/index.ts'
import { Chance } from '../fakes/register/chance.ts'
import type { Shop } from './shop.ts'

/** One kind of mishap: it begins, lasts, and is over. */
interface Mishap {
  readonly words: Text
  readonly shortestMs: number
  readonly longestMs: number
  readonly begin: (shop: Shop) => unknown
  readonly end: (shop: Shop) => unknown
}

const nothing = () => undefined

const mishaps: readonly [Mishap, ...Mishap[]] = [
  {
    words: text('агент убит (SIGKILL)', 'the agent is killed (SIGKILL)'),
    shortestMs: 0,
    longestMs: 300,
    begin: (shop) => shop.killAgent(),
    end: nothing,
  },
  {
    words: text('сайт недоступен', 'the site is down'),
    shortestMs: 300,
    longestMs: 3_000,
    begin: (shop) => shop.stopReceiver(),
    end: (shop) => shop.startReceiver(),
  },
  {
    words: text('кабель кассы выдернут', "the register's cable is out"),
    shortestMs: 200,
    longestMs: 2_500,
    begin: (shop) => shop.unplugRegister(),
    end: (shop) => shop.plugRegister(),
  },
  {
    words: text('у кассы пропало питание', 'the register lost its power'),
    shortestMs: 200,
    longestMs: 1_500,
    begin: (shop) => shop.register().powerLoss(),
    end: (shop) => shop.register().powerOn(),
  },
  {
    words: text('помехи на линии', 'noise on the line'),
    shortestMs: 500,
    longestMs: 2_000,
    begin: (shop) => shop.register().noise(0.02),
    end: (shop) => shop.register().noise(0),
  },
  {
    words: text('ответы кассы теряются', 'answers of the register get lost'),
    shortestMs: 500,
    longestMs: 2_000,
    begin: (shop) => shop.register().loseAnswers(0.05),
    end: (shop) => shop.register().loseAnswers(0),
  },
  {
    words: text('касса молчит', 'the register is silent'),
    shortestMs: 300,
    longestMs: 2_000,
    begin: (shop) => shop.register().silence(true),
    end: (shop) => shop.register().silence(false),
  },
  {
    words: text('сайт принимает, но ответы теряются', 'the site books, but its answers get lost'),
    shortestMs: 500,
    longestMs: 2_000,
    begin: (shop) => {
      shop.behaviour = 'forget'
    },
    end: (shop) => {
      shop.behaviour = 'accept'
    },
  },
]

/** One mishap after the other until the signal aborts; then everything is whole again. */
export async function runChaos(
  shop: Shop,
  seed: number,
  tell: (words: Text) => void,
  signal: AbortSignal,
): Promise<void> {
  const chance = new Chance(seed)
  const rest = (ms: number) => pause(ms, signal).catch(nothing)
  while (!signal.aborted) {
    await rest(300 + chance.whole(1_500))
    if (signal.aborted) return
    const mishap = chance.pick(mishaps)
    tell(mishap.words)
    await mishap.begin(shop)
    await rest(mishap.shortestMs + chance.whole(mishap.longestMs - mishap.shortestMs))
    await mishap.end(shop)
  }
}
