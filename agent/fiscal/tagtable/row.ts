/**
 * How a value is written (order ЕД-7-20/662@, "types of requisites"): `number` covers BYTE, U16, U32, VLN and bit
 * masks, all little-endian; `code` is text whose trailing blanks are padding; `decimal` is FVLN; `time` is seconds
 * of local wall-clock time; `group` holds elements (STLV).
 */
export type Kind = 'number' | 'decimal' | 'text' | 'code' | 'time' | 'bytes' | 'group'

/** Tag, key of the tax service's JSON, kind, greatest length in bytes (0 = no limit), the official term. */
export type TagRow = readonly [tag: number, name: string, kind: Kind, max: number, term: string]
