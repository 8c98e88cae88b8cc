/** What a page is made of: who looks, what it is drawn from, what may be done on it. */
import type { z } from 'zod'
import type { Config } from '../config.ts'
import type { Desk } from '../desk/desk.ts'
import type { Language, Text } from '../text.ts'
import type { WireRow } from '../wiretap.ts'
import type { Html } from './html.ts'

/** Everything behind the pages. They know the desk only, so a page can do nothing that a command cannot. */
export interface Face {
  readonly desk: Desk
  readonly config: Config
  readonly clock: () => number
  /** Hears what is said on a register's line until disposed of. */
  readonly listenWire: (register: string, hear: (rows: readonly WireRow[]) => void) => Disposable
  /** The latest that was said on it, oldest first. */
  readonly lastTalk: (register: string) => readonly WireRow[]
}

/** One request of one person. */
export interface Visit {
  readonly language: Language
  /** The half of a text that this person reads. */
  readonly say: (text: Text) => string
  /** The query of the address; of a name given twice the first counts. */
  readonly query: Readonly<Record<string, string>>
  /** For the audit. */
  readonly who: string
  readonly signal: AbortSignal
}

/** A page at an address of its own. */
export interface Page {
  readonly path: string
  readonly name: Text
  /** It stands in the menu. */
  readonly inMenu: boolean
  /** The path of the page that it belongs to, if it is one of a page's. */
  readonly under?: string
  draw(face: Face, visit: Visit): Promise<Html>
}

/**
 * What becomes of the page after a button: a piece of it changes, or another page is gone to. `done`: what the page
 * shows elsewhere may have changed by it, so its parts that are marked `data-renew` are drawn anew. A part that holds
 * such buttons would take the answer away with it: a page that has one has an element `done` for the answer.
 */
export type Reply = { readonly html: Html; readonly done?: true } | { readonly go: string }

/**
 * A button: `POST <path>` with the form's fields as JSON. A `<form data-do="/do/…" data-into="id">` sends it and shows
 * the reply in the element of that id; the pressed button's name and value are among the fields. All fields are
 * strings; a field that comes several times is an array. Files go beforehand, in pieces, to the button that the form
 * names as `data-pieces`; its reply is what stands in their field.
 */
export interface Action<Input = unknown> {
  readonly path: `/do/${string}`
  readonly input: z.ZodType<Input>
  /** The largest body in bytes; default 64 KiB. */
  readonly bodyLimit?: number
  act(face: Face, input: Input, visit: Visit): Promise<Reply>
}

/** A file to be had: `GET <path>`, by a `<form data-file data-into="id" action="<path>">`. */
export interface Download {
  readonly path: string
  make(face: Face, visit: Visit): Promise<{ name: string; type: string; bytes: Uint8Array }>
}

/** A piece of the page that the server sends again, or why it cannot: then what is shown is out of date. */
export type Change =
  | {
      /** The id of the element. */
      readonly into: string
      readonly html: Html
      readonly how: 'replace' | 'append'
    }
  | { readonly stale: string }

/**
 * Server-sent events: an element `<… data-live="/live/…?…">` opens the stream, and each change goes into the element
 * that it names.
 */
export interface Stream {
  readonly path: `/live/${string}`
  open(face: Face, visit: Visit, send: (change: Change) => void): Disposable
}
