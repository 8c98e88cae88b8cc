/** What the audit keeps of an act as JSON, in words: of which register and documents, and how many. */
import { z } from 'zod'
import { SelectionInput } from '../../desk/desk.ts'
import { type Text, text } from '../../text.ts'
import { plainly } from '../../wording/plain.ts'
import type { Look } from './look.ts'
import { rangesOf, written } from './replaynumbers.ts'
import { meant, type Selection } from './resendwords.ts'

type Words = (detail: unknown, look: Look) => Text | null

/** Reads what one kind of act keeps; what does not fit has no words. */
function of<Kept>(schema: z.ZodType<Kept>, words: (kept: Kept, look: Look) => Text): Words {
  return (detail, look) => {
    const kept = schema.safeParse(detail)
    return kept.success ? words(kept.data, look) : null
  }
}

const Name = z.string().transform((name) => plainly(name, 64))
const Numbers = z.array(z.number())

function ofRegister(name: string, what: Text): Text {
  return text(`касса ${name}; ${what.ru}`, `register ${name}; ${what.en}`)
}

function documents(numbers: string): Text {
  return text(`ФД ${numbers}`, `documents ${numbers}`)
}

/** What was sent again may be longer than a person may ask for. */
const Selected = SelectionInput.extend({ numbers: Numbers.optional() }) as z.ZodType as z.ZodType<Selection>
const replayed = of(Selected, meant)

const asked = of(z.object({ register: Name, numbers: z.string() }), ({ register, numbers }) => {
  const [first, last] = numbers.split('-')
  return ofRegister(register, documents(first === last ? `${first}` : plainly(numbers.replace('-', '–'), 40)))
})

const kept = of(z.object({ register: Name, kept: Numbers }), ({ register, kept }) => {
  const { ru, en } = documents(written(rangesOf(kept)))
  return ofRegister(register, text(`сохранены ${ru}`, `kept ${en}`))
})

const begun = of(
  z.object({ register: Name, drive: z.string(), at: z.number() }),
  ({ register, drive, at }) => {
    const storage = plainly(drive, 20)
    return ofRegister(register, text(`с ФД ${at}, ФН ${storage}`, `from document ${at}, drive ${storage}`))
  },
)

const imported = of(
  z.object({
    ...{ begun: z.boolean().optional(), broke: z.boolean().optional() },
    ...{ kept: z.number(), known: z.number(), owed: z.number(), conflicts: z.number() },
  }),
  ({ begun, broke, kept, known, owed, conflicts }, { count }) => {
    const how = begun ? importSteps.begun : broke ? importSteps.broke : importSteps.done
    const [n, k, o, c] = [kept, known, owed, conflicts].map(count)
    return text(
      `${how.ru}: новых ${n}, уйдут на сайт ${o}, уже были ${k}, противоречат ${c}`,
      `${how.en}: ${n} new, ${o} go to the site, ${k} known, ${c} in conflict`,
    )
  },
)

const importSteps = {
  begun: text('начат', 'begun'),
  broke: text('прерван', 'broken off'),
  done: text('закончен', 'done'),
} as const

const released = of(z.object({ register: Name, minutes: z.number() }), ({ register, minutes }) =>
  ofRegister(register, text(`на ${minutes} мин`, `for ${minutes} min`)),
)

const register = of(z.object({ register: Name }), ({ register }) =>
  text(`касса ${register}`, `register ${register}`),
)

const Site = z.object({ register: Name, host: Name.nullable(), ledgerId: Name.nullable() })

const accepted = of(z.array(Site), (sites) => {
  const [ru, en] = (['ru', 'en'] as const).map((language) =>
    sites.map((site) => siteWords(site)[language]).join('; '),
  )
  return text(ru ?? '', en ?? '')
})

function siteWords({ register, host, ledgerId }: z.infer<typeof Site>): Text {
  const place = host ?? '–'
  const ledger = ledgerId ?? '–'
  return ofRegister(register, text(`${place}, учёт ${ledger}`, `${place}, ledger ${ledger}`))
}

/** The first that fits counts. */
const words: ReadonlyMap<string, readonly Words[]> = new Map([
  ['replay', [replayed]],
  ['read', [asked, kept]],
  ['begin', [begun]],
  ['import', [imported]],
  ['pause', [released]],
  ['resume', [register]],
  ['accept-ledger', [accepted]],
])

/** Null when nobody has words for it: it stands as it is kept. */
export function detailWords(action: string, detail: string, look: Look): Text | null {
  const kept = parsed(detail)
  for (const read of words.get(action) ?? []) {
    const said = read(kept, look)
    if (said !== null) return said
  }
  return null
}

function parsed(detail: string): unknown {
  try {
    return JSON.parse(detail)
  } catch {
    return null
  }
}
