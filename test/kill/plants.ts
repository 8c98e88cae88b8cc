/**
 * Faults that the matrix must find: planted on the way into the tree with kill points, never in the product.
 * `synchronous=OFF` is not among them: SIGKILL takes nothing from the kernel's memory, only a power cut does.
 */
import type { Plant } from './tree.ts'

export const plants = {
  settledBeforeSent: {
    name: 'settled before the answer is there',
    file: 'agent/dispatch.js',
    find: 'const attempted = await destination.webhook.deliver({',
    put: `this.#settle(document, { outcome: 'accepted', why: null, settled: true, dueAt: null, answer: null });
        const attempted = await destination.webhook.deliver({`,
  },
  numberedBeforeKept: {
    name: 'the number is accounted for before the document is kept',
    file: 'agent/follow.js',
    find: 'const document = await readUnlessAbsent(',
    put: 'outbox.keepDocument(gap(following, storage, number), clock());\n    const document = await readUnlessAbsent(',
  },
  keyForgotten: {
    name: 'another key for a document that a former process has read',
    file: 'agent/outbox.js',
    find: 'export function eventId(key) {',
    put: `export function eventId(key) {
    if (key.readAt < Date.now() - 1000 * process.uptime()) return "FN" + key.storage + "-FD" + (key.number + 1_000_000);`,
  },
  leftHalfRead: {
    name: 'a document that a former process left half read is not read to its end',
    file: 'drivers/shtrih/driver.js',
    find: 'await finishing(settings.finishMs, signal, (lasting) => drainStream(',
    put: 'status = { ...status, mode: 2 };\n        if (status.mode === dataOutput) await finishing(settings.finishMs, signal, (lasting) => drainStream(',
  },
} as const satisfies Record<string, Plant>

export type PlantName = keyof typeof plants
