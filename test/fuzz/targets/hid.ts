/** Bytes in HID reports: what goes in comes out, and no report gives more than it holds. */
import { concat } from '../../../drivers/bytes.ts'
import { atFullSize, type Framing, fromReport, toReports } from '../../../drivers/transport/hidreports.ts'
import { hexUnder, textOf } from '../fixtures.ts'
import { must, type Target } from '../target.ts'

/** Bytes 0 to 3: framing, size, report id, padding; the rest is sent, and is a report that arrived. */
export const hid: Target = {
  name: 'hid',
  main: 'drivers/transport/hidreports.js',
  longest: 400,
  shape: 'bytes',
  *seeds() {
    for (let kind = 0; kind < 5; kind++)
      for (const bytes of hexUnder('hex', textOf('test/fixtures/hid/ch9329.json')))
        yield concat(Uint8Array.of(kind, 64, 2, 0), bytes)
    yield concat(Uint8Array.of(0, 64, 0, 0xff), new Uint8Array(300).fill(0x3f))
  },
  run(input) {
    const framing = framingOf(input)
    const bytes = input.subarray(4)
    arrives(framing, bytes)
    comesBack(framing, bytes)
  },
}

function framingOf([kind = 0, size = 0, reportId = 0, padding = 0]: Uint8Array): Framing {
  const id = kind % 2 === 0 ? null : reportId
  if (kind % 3 === 0) return { kind: 'id-len' }
  const report = 2 + (size % 63)
  return kind % 3 === 1
    ? { kind: 'len', report, reportId: id }
    : { kind: 'raw', report, reportId: id, padding }
}

/** Anything may arrive. */
function arrives(framing: Framing, report: Uint8Array): void {
  const data = fromReport(framing, report)
  const numbered = framing.kind !== 'id-len' && framing.reportId !== null
  const start = (numbered ? 1 : 0) + (framing.kind === 'raw' ? 0 : 1)
  const told = framing.kind === 'raw' ? report.length : (report[start - 1] ?? 0)
  const isForeign = numbered
    ? report[0] !== framing.reportId
    : framing.kind === 'id-len' && (told < 1 || told > 63)
  const own = isForeign
    ? new Uint8Array()
    : report.subarray(start, framing.kind === 'raw' ? undefined : start + told)
  must(Buffer.compare(data, own) === 0, 'the data are not those of the report')
}

/** What a device that echoes would send back. */
function comesBack(framing: Framing, bytes: Uint8Array): void {
  const reports = toReports(framing, bytes)
  must(reports.length > 0 || bytes.length === 0, 'nothing is sent')
  const parts = reports.map((report) => {
    const size = framing.kind === 'id-len' ? report.length : framing.report + 1
    must(report.length === size && size <= 65, `a report of ${report.length} bytes`)
    if (framing.kind === 'id-len') must(atFullSize(report).length === 64, 'not the full size')
    const echoed = framing.kind === 'id-len' || framing.reportId !== null ? report : report.subarray(1)
    return fromReport(framing, echoed)
  })
  const back = concat(...parts)
  must(Buffer.compare(back.subarray(0, bytes.length), bytes) === 0, 'what comes back is something else')
  if (framing.kind !== 'raw') must(back.length === bytes.length, 'more comes back than was sent')
}
