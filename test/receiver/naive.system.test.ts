/**
 * The endpoint that follows the common advice breaks the promises of a receiver, in the ways that are known. So the
 * promises are known to see these faults.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { furnish, promises } from './promises.ts'
import { type Maria, openMaria, openSite, type Site } from './site.ts'

let db: Maria
let site: Site

beforeAll(async () => {
  db = await openMaria()
  site = await openSite(db, { naive: true })
})
afterAll(async () => {
  await site?.[Symbol.asyncDispose]()
  await db?.[Symbol.asyncDispose]()
})

/** Every broken promise with the first thing that was wrong, on one line. */
async function brokenBy(variant: string): Promise<Map<string, string>> {
  const broken = new Map<string, string>()
  const path = `/local/naive/sale.php?variant=${variant}`
  for (const [name, promise] of Object.entries(promises)) {
    await furnish(site)
    try {
      await promise(site, async (body, options) => await site.post(body, { ...options, path }))
    } catch (error) {
      broken.set(name, String(error instanceof Error ? error.message : error))
    }
  }
  return broken
}

interface Advice {
  readonly variant: string
  /** All that it keeps. */
  readonly keeps: readonly string[]
  /** How it breaks some of the rest: what stood on the site instead. */
  readonly breaks: Readonly<Record<string, string>>
}

const advice: readonly Advice[] = [
  {
    variant: 'S',
    keeps: ['a return raises stock by what came back'],
    breaks: {
      'a sale lowers stock by what was sold': "[ '7', '10' ]", // what was sold comes back
      'fractions are exact to the thousandth': "[ '5', '11.068' ]",
      'a repeat moves nothing more': "[ [ '7', '10' ], 2 ]",
    },
  },
  {
    variant: 'deduct',
    keeps: [
      'a sale lowers stock by what was sold',
      'a sale becomes one conducted document that bears its number',
      'a return raises stock by what came back',
      'fractions are exact to the thousandth',
      'two equal receipts with different numbers are two sales',
    ],
    breaks: {
      'a repeat moves nothing more': "[ [ '3', '10' ], 2 ]", // deducted twice
      'two lines of one product lose nothing': "[ '3', '10' ]", // one of the deductions is lost
      'of two receipts at once on one product none is lost': "[ [ '4', '10' ], 2 ]", // so is one here
      'a line that nobody knows parks the whole receipt': "[ [ '4', '10' ]", // half of the receipt is booked
      'a set takes its parts': "[ '5', '10' ]", // nothing is booked, and "booked" is what it says
      'a death before the status is no half sale': "[ '4', '9' ]", // moved though never conducted
      'a death after everything was booked is no double sale': "[ '3', '8' ]",
      'a handler that says no to the status leaves nothing': "[ [ '4', '9' ], +0 ]",
      'a line that was not stored leaves nothing': "[ [ '4', '10' ], 1 ]",
      'a second line that fails leaves nothing': "[ [ '4', '9' ], +0 ]",
      'a handler that takes the status back is found out': "[ [ '4', '9' ], +0 ]",
      'what an exchange with 1C writes meanwhile is not overwritten': "[ '4', '10' ]",
      'a receipt that may be for an order of the site waits for a person': "[ [ '4', '10' ]",
      'without a signature nothing happens': "[ [ '4', '10' ]", // anybody empties the shop
      'with a foreign secret nothing happens': "[ [ '4', '10' ]",
      'the caller does not choose the product': "'9'",
      'the caller does not choose the store': "'3'",
      'the same number with other facts is refused': "[ '4', '9' ]",
    },
  },
  {
    variant: 'update',
    keeps: [
      'a sale lowers stock by what was sold',
      'fractions are exact to the thousandth',
      'two lines of one product lose nothing',
    ],
    breaks: {
      'a sale becomes one conducted document that bears its number': '[]', // no trace of it
      'of two receipts at once on one product none is lost': "[ [ '4', '10' ], +0 ]",
      'more than there is, where the site forbids it, waits whole': "[ [ '-1', '9' ]",
    },
  },
  {
    variant: 'both',
    keeps: ['a sale becomes one conducted document that bears its number'],
    breaks: { 'a sale lowers stock by what was sold': "[ '1', '10' ]" }, // deducted twice
  },
]

test.each(advice)('the advice $variant breaks what it must break', async ({ variant, keeps, breaks }) => {
  const broken = await brokenBy(variant)
  expect(Object.keys(promises).filter((name) => !broken.has(name))).toEqual(keeps)
  for (const [name, stands] of Object.entries(breaks))
    expect(broken.get(name), name).toContain(`expected ${stands}`)
})
