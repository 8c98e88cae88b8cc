/**
 * Bytes in HID reports, and out of them again. A report is as the system takes and gives it: to the device byte 0
 * is the report id, 00 when the device numbers none; from the device the id is there only when it numbers them.
 * Reports carry a byte stream: one may hold a fragment, or several frames of the protocol above. Pure.
 */
import { concat } from '../bytes.ts'

/** How a device says which bytes of a report are data. `report` is the size without the report id. */
export type Framing =
  /** The report id is the number of data bytes, 1 to 63 (CP2110, CP2114: AN434). */
  | { readonly kind: 'id-len' }
  /** The first byte of the report is the number of data bytes (CH9329 "custom HID", many vendors' own). */
  | { readonly kind: 'len'; readonly report: number; readonly reportId: number | null }
  /** Every byte is data. What fills the last report up is told from data by the protocol above alone. */
  | {
      readonly kind: 'raw'
      readonly report: number
      readonly reportId: number | null
      readonly padding: number
    }

const longestNumbered = 63

/** Splits `bytes` into reports, in order. Nothing becomes no report at all. */
export function toReports(framing: Framing, bytes: Uint8Array): Uint8Array[] {
  switch (framing.kind) {
    case 'id-len':
      return pieces(bytes, longestNumbered).map((piece) => concat(Uint8Array.of(piece.length), piece))
    case 'len':
      return pieces(bytes, Math.min(framing.report - 1, 255)).map((piece) =>
        filledUp(framing, concat(Uint8Array.of(piece.length), piece), 0),
      )
    case 'raw':
      return pieces(bytes, framing.report).map((piece) => filledUp(framing, piece, framing.padding))
  }
}

/**
 * The data of one report that arrived; empty for a foreign report, and for one that says it holds nothing. A count
 * that promises more than came is cut to what is there: damage is for the checksum above to find.
 */
export function fromReport(framing: Framing, report: Uint8Array): Uint8Array {
  if (framing.kind === 'id-len') return isNumbered(report[0]) ? counted(report) : nothing
  const own = framing.reportId === null || report[0] === framing.reportId
  if (!own) return nothing
  const data = framing.reportId === null ? report : report.subarray(1)
  return framing.kind === 'len' ? counted(data) : data
}

/** The same numbered report at its full 64 bytes, for devices that refuse a short one. */
export function atFullSize(numbered: Uint8Array): Uint8Array {
  return padded(numbered, 1 + longestNumbered, 0)
}

const nothing: Uint8Array = new Uint8Array()

function isNumbered(id: number | undefined): boolean {
  return id !== undefined && id >= 1 && id <= longestNumbered
}

function counted(data: Uint8Array): Uint8Array {
  return data.subarray(1, 1 + (data[0] ?? 0))
}

function filledUp(
  { report, reportId }: { readonly report: number; readonly reportId: number | null },
  data: Uint8Array,
  padding: number,
): Uint8Array {
  return concat(Uint8Array.of(reportId ?? 0), padded(data, report, padding))
}

function padded(data: Uint8Array, size: number, padding: number): Uint8Array {
  const whole = new Uint8Array(Math.max(size, data.length)).fill(padding)
  whole.set(data)
  return whole
}

function pieces(bytes: Uint8Array, length: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / length)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
}
