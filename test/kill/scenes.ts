/** What happens to the shop while the agent dies: together the scenes lead it past every point it can reach. */
import { remoteDesk } from '../../agent/desk/remote.ts'
import { pause } from '../../drivers/index.ts'
import { longReceipt } from '../endtoend/account.ts'
import type { Behaviour, Received } from '../fakes/bitrix.ts'
import type { LineToSell } from '../fakes/register.ts'
import type { House } from './house.ts'

/** One happening. It ends when the shop is whole again and only the agent has something left to do. */
export interface Scene {
  readonly name: string
  /** `working`: at a living agent at rest. `dead`: between two lives; the agent is armed from its first step. */
  readonly agent: 'working' | 'dead'
  /** Played on every kind of line; the others over TCP alone. */
  readonly everyLine?: true
  /** Everything is read and sent anew: the two seconds are not promised, nor are repeats counted. */
  readonly anew?: true
  act(house: House): Promise<void> | void
}

const forEver = new AbortController().signal
const bread: LineToSell = { name: 'Хлеб дарницкий 350г', quantity: '1.000', price: 4290 }
const milk: LineToSell = { name: 'Молоко 3,2% 930мл', quantity: '0.750', price: 8990 }

function sell({ shop }: House, receipts = 2): void {
  for (let closed = 0; closed < receipts; closed++) shop.register().closeReceipt({ lines: [bread, milk] })
}

/** The site does these in turn, once each, and then accepts. */
function answering({ shop }: House, ...inTurn: readonly Behaviour[]): void {
  const left = [...inTurn]
  shop.behaviour = () => left.shift() ?? 'accept'
}

function person(house: House) {
  return remoteDesk(`${house.shop.stateDir}/control.sock`)
}

const asked = { who: 'shop', reason: 'a person asked' } as const

async function soon(ms: number): Promise<void> {
  await pause(ms, forEver)
}

/** Until the register is being read, or a moment has passed. */
async function whileRead({ shop }: House): Promise<void> {
  for (let looks = 0; looks < 100 && shop.register().mode !== 1; looks++) await soon(2)
}

async function untilParked(house: House): Promise<void> {
  for (let looks = 0; looks < 100 && house.rest.parked === 0 && house.lives; looks++) await soon(20)
}

const refused = (status: number): Behaviour => ({ status })

export const scenes: readonly Scene[] = [
  {
    name: 'day',
    agent: 'working',
    everyLine: true,
    act(house) {
      answering(house, refused(503))
      sell(house)
      house.shop.register().closeReceipt({ operation: 2, lines: [milk] })
      house.shop.register().closeShift()
    },
  },
  {
    name: 'site in trouble',
    agent: 'working',
    async act(house) {
      const later: Behaviour = { status: 429, headers: { 'retry-after': '1' } }
      house.mayRepeat(1)
      answering(house, 'forget', 'accept', 'reset', 'html', refused(409))
      sell(house, 3)
      await soon(400)
      answering(house, later, 'park', 'reset')
      sell(house, 3)
    },
  },
  {
    name: 'kept connection lost',
    agent: 'working',
    async act(house) {
      const { received } = house.shop.bitrix
      const before = received.length
      sell(house, 1)
      for (let looks = 0; looks < 100 && received.length === before; looks++) await soon(10)
      await soon(50)
      answering(house, 'reset')
      sell(house, 1)
    },
  },
  {
    name: 'site away',
    agent: 'working',
    async act(house) {
      await house.shop.stopReceiver()
      sell(house, 1)
      await soon(350)
      await house.shop.startReceiver()
    },
  },
  {
    name: 'refused by the site',
    agent: 'working',
    async act(house) {
      answering(house, refused(422))
      sell(house)
      await untilParked(house)
    },
  },
  {
    name: 'way stopped',
    agent: 'working',
    async act(house) {
      let stopped = 0
      house.shop.behaviour = ({ type }: Received) =>
        type === 'pos.test' || stopped++ > 0 ? 'accept' : refused(401)
      sell(house)
      await untilParked(house)
    },
  },
  {
    name: 'line lost',
    agent: 'working',
    everyLine: true,
    async act(house) {
      house.shop.register().closeReceipt({ real: longReceipt })
      await whileRead(house)
      house.shop.unplugRegister()
      await soon(60)
      await house.shop.plugRegister()
      sell(house, 1)
    },
  },
  {
    name: 'answers damaged',
    agent: 'working',
    everyLine: true,
    async act(house) {
      const register = house.shop.register()
      register.corruptAnswers({ next: 3 })
      sell(house)
      await soon(250)
      register.loseAnswers({ next: 2 })
      sell(house, 1)
      await whileRead(house)
      register.loseAnswers({ next: 3 }, true)
    },
  },
  {
    name: 'documents denied',
    agent: 'working',
    everyLine: true,
    async act(house) {
      const register = house.shop.register()
      register.refuse('FF3A', 0x08, 2)
      register.refuse('FF3B', 0x35, 1)
      sell(house, 1)
      await soon(300)
      register.refuse('FF3A', 0x08, 1)
      sell(house, 1)
      await soon(300)
      register.shortenStreams(1)
      register.refuse('FF0A', 0x08, 2)
      sell(house, 1)
    },
  },
  {
    name: 'busy till',
    agent: 'working',
    everyLine: true,
    async act(house) {
      const register = house.shop.register()
      register.openReceipt()
      await soon(250)
      register.closeReceipt()
      register.print(150)
      await soon(200)
    },
  },
  {
    name: 'busy till found',
    agent: 'dead',
    async act(house) {
      const register = house.shop.register()
      register.openReceipt()
      const { connections } = register.counters
      house.later(0, async () => {
        for (let looks = 0; looks < 500 && register.counters.connections === connections; looks++)
          await soon(20)
        await soon(500)
        register.closeReceipt()
      })
      await soon(0)
    },
  },
  {
    name: 'drive replaced',
    agent: 'working',
    async act(house) {
      house.shop.register().replaceDrive({ number: house.nextDrive() })
      sell(house, 1)
      await soon(0)
    },
  },
  {
    name: 'person at the desk',
    agent: 'working',
    async act(house) {
      const { storage } = house.shop.register()
      const desk = person(house)
      sell(house, 1)
      await desk.read({ fromNumber: 1, toNumber: 2, keep: true }, forEver)
      await desk.show({ storage, number: 2 }, forEver)
      await desk.previewReplay({ selection: { fromNumber: 2, toNumber: 4 } }, forEver)
      await desk.begin({ register: 'till-1', storage, at: 1, ...asked }, forEver)
      await desk.importText(
        { text: house.foreignExport(), dryRun: false, register: 'till-1', ...asked },
        forEver,
      )
      house.mayRepeat(3)
      await desk.replay({ selection: { storage, fromNumber: 2, toNumber: 4 }, ...asked }, forEver)
    },
  },
  {
    name: 'stopped in order',
    agent: 'working',
    everyLine: true,
    async act(house) {
      sell(house, 3)
      await whileRead(house)
      house.victim.terminate()
    },
  },
  {
    name: 'stopped while sending',
    agent: 'working',
    async act(house) {
      sell(house, 1)
      for (
        let looks = 0;
        looks < 100 && !house.shop.bitrix.received.some(({ id }) => id.endsWith(`-FD${house.newest}`));
        looks++
      )
        await soon(2)
      house.victim.terminate()
    },
  },
  { name: 'backlog', agent: 'dead', everyLine: true, act: (house) => sell(house, 3) },
  {
    name: 'register off at the start',
    agent: 'dead',
    everyLine: true,
    act(house) {
      house.shop.unplugRegister()
      sell(house, 1)
      house.later(900, () => house.shop.plugRegister())
    },
  },
  {
    name: 'without start.json',
    agent: 'dead',
    act(house) {
      house.shop.loseStartFile()
      sell(house, 1)
    },
  },
  {
    name: 'without a database',
    agent: 'dead',
    anew: true,
    act(house) {
      house.shop.destroyDatabase('removed')
      sell(house, 1)
    },
  },
  {
    name: 'with a damaged database',
    agent: 'dead',
    anew: true,
    act(house) {
      house.shop.destroyDatabase('garbage')
      sell(house, 1)
    },
  },
  {
    name: 'first start',
    agent: 'dead',
    anew: true,
    act(house) {
      house.forgetInstallation()
      sell(house, 1)
    },
  },
]
