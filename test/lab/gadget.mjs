/** The register's end of a USB cable: bytes go between a gadget of the kernel and a simulated register. */
import { execFileSync } from 'node:child_process'
import { close, constants, existsSync, open, read, write } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const never = new AbortController().signal

/** How the gadget packs bytes: a stream, or 64-byte reports whose first byte counts, as a CH9329 has them. */
const ends = {
  acm: {
    gadget: '/dev/ttyGS0',
    // A cable that is pulled must not be a SIGHUP to this process.
    flags: constants.O_NOCTTY,
    prepare: () => execFileSync('stty', ['-F', '/dev/ttyGS0', 'raw', '-echo'], { stdio: 'ignore' }),
    room: 1024,
    reports: (bytes) => [bytes],
    bytes: (report) => report,
  },
  hid: {
    gadget: '/dev/hidg0',
    // A read that waits in a device that is gone comes back never, and keeps a thread of Node's few.
    flags: constants.O_NONBLOCK,
    prepare: () => undefined,
    room: 64,
    reports: (bytes) =>
      Array.from({ length: Math.ceil(bytes.length / 63) }, (_, i) => {
        const piece = bytes.subarray(i * 63, i * 63 + 63)
        return Buffer.concat([Buffer.of(piece.length), piece], 64)
      }),
    bytes: (report) => report.subarray(1, 1 + report[0]),
  },
}

/** For ever: begins anew after a pull and after a loss of power. */
export async function serveGadget(kind, machine) {
  const end = ends[kind]
  for (;;) {
    try {
      if (!existsSync(end.gadget)) throw new Error('no gadget yet')
      end.prepare()
      const fd = await promisify(open)(end.gadget, constants.O_RDWR | end.flags)
      try {
        await carry(end, machine, fd)
      } finally {
        await promisify(close)(fd)
      }
    } catch {
      await sleep(100)
    }
  }
}

/** The register's line is opened by the first byte: it takes one client, which may be on another cable. */
async function carry(end, machine, fd) {
  let line = null
  let answering = null
  const heard = Buffer.alloc(end.room)
  try {
    for (;;) {
      const { bytesRead } = await whenReady(end, () => promisify(read)(fd, heard, 0, heard.length, null))
      if (bytesRead === 0) return
      const bytes = Uint8Array.from(end.bytes(heard.subarray(0, bytesRead)))
      if (line === null) {
        await answering
        const opened = openLine(machine)
        if (opened === null) continue
        line = opened
        answering = answer(end, opened, fd).finally(() => {
          line = null
        })
      }
      await line?.write(bytes, never).catch(() => undefined)
    }
  } finally {
    await line?.[Symbol.asyncDispose]()
    await answering
  }
}

/** Until the register or the cable lets go of the line. */
async function answer(end, line, fd) {
  try {
    for (;;) {
      const bytes = await line.read(never)
      for (const report of end.reports(bytes)) await whenReady(end, () => promisify(write)(fd, report))
    }
  } catch {
    // The next byte opens another line.
  } finally {
    await line[Symbol.asyncDispose]()
  }
}

/** Until the device has or takes something; rejects once it is gone. */
async function whenReady(end, call) {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (error.code !== 'EAGAIN' || !existsSync(end.gadget)) throw error
      await sleep(2)
    }
  }
}

function openLine(machine) {
  try {
    return machine.openLine()
  } catch {
    return null // Without power.
  }
}
