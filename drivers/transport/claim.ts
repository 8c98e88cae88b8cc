/**
 * Makes a serial port ours without disturbing whoever has it already.
 *
 * serialport's own lock comes too late: it rewrites the port's settings and learns only then that another
 * program holds it (`serialport_unix.cpp`, setup). So the node is opened here first, which changes no setting;
 * the lock is taken on that open file by `flock` of util-linux, which inherits it: a lock belongs to the open
 * file, not to the process, and stays when the child has ended. Only then may anybody set a baud rate.
 *
 * TIOCEXCL would keep out programs that do not lock at all, but Node has no ioctl. Where the till's program
 * sets it, we get EBUSY and say so (root would get through, one more reason not to run as root).
 */
import { spawn } from 'node:child_process'
import { write } from 'node:fs'
import { constants, type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { RegisterError, type Text } from '../contract.ts'
import { type Device, findHolders, findLockOwner, type Holder } from './holders.ts'

/** A port that is ours until `release`. */
export interface Claim {
  readonly device: Device
  /** Rejects with the system's error once the tty is hung up or its device is unplugged. Sends nothing. */
  proveLife(): Promise<void>
  /** The very last step: whoever waits for the port may take it from here on. Never rejects. */
  release(): Promise<void>
}

/** Claims the port at `path`, or throws `RegisterError('lost')` that says why not and who has it. */
export async function claimPort(path: string, signal: AbortSignal): Promise<Claim> {
  signal.throwIfAborted()
  const device = await findDevice(path)
  const file = await openNode(device)
  try {
    await lock(file, device, signal)
    const [holder] = await findHolders(device, file.fd)
    if (holder !== undefined) throw held(device, holder)
  } catch (error) {
    await file.close()
    throw error
  }
  return {
    device,
    proveLife: () => proveLife(file.fd),
    // A descriptor of a device that is gone may fail to close; it is freed all the same.
    release: () => file.close().catch(() => undefined),
  }
}

/** What is behind the path, without opening it. Throws `RegisterError('lost')` when there is no tty. */
export async function findDevice(path: string): Promise<Device> {
  try {
    const real = await realpath(path)
    const { mode, dev, ino, rdev } = await stat(real)
    if (!isCharacterDevice(mode))
      throw Object.assign(new Error(`${real} is not a device`), { code: 'ENOTTY' })
    const node = `${hex(majorOf(dev))}:${hex(minorOf(dev))}:${ino}`
    return { path: real, node, major: majorOf(rdev), minor: minorOf(rdev) }
  } catch (error) {
    throw explainOpen(error, path)
  }
}

// The kernel's packing of a device number in 32 bits (linux/kdev_t.h, new_encode_dev).
function majorOf(dev: number): number {
  return (dev >> 8) & 0xfff
}

function minorOf(dev: number): number {
  return (dev & 0xff) | ((dev >> 12) & 0xfff00)
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}

function isCharacterDevice(mode: number): boolean {
  return (mode & constants.S_IFMT) === constants.S_IFCHR
}

/** Without O_NONBLOCK the open would wait for a carrier; without O_NOCTTY the tty could become ours to die with. */
async function openNode(device: Device): Promise<FileHandle> {
  try {
    return await open(device.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  } catch (error) {
    const [holder] = isCode(error, 'EBUSY') ? await findHolders(device, null) : []
    throw holder === undefined ? explainOpen(error, device.path) : held(device, holder)
  }
}

async function lock(file: FileHandle, device: Device, signal: AbortSignal): Promise<void> {
  const code = await flock(file.fd, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    throw explainOpen(error, device.path)
  })
  if (code === 0) return
  const [holder] = await findHolders(device, file.fd)
  throw held(device, holder ?? (await findLockOwner(device)))
}

/** Runs `flock -n -x 3` with our open file as its descriptor 3; the exit code is 1 when another has the lock. */
function flock(fd: number, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn('flock', ['-n', '-x', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd], signal })
    child.once('error', (cause) =>
      reject(isCode(cause, 'ENOENT') ? Object.assign(cause, { code: 'NOFLOCK' }) : cause),
    )
    child.once('close', resolve)
  })
}

/**
 * Writes nothing, zero bytes of it: a living tty accepts that without any effect, a hung-up one answers EIO
 * (Linux, `hung_up_tty_write` and `n_tty_write`). Reading could not tell: it would take bytes away, and a
 * hung-up tty "reads" zero bytes for ever. A tty that is busy with another write says EAGAIN: alive.
 */
function proveLife(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    write(fd, new Uint8Array(0), 0, 0, null, (error) =>
      error && error.code !== 'EAGAIN' ? reject(error) : resolve(),
    )
  })
}

function held(device: Device, holder: Holder | null): RegisterError {
  const port = device.path
  const who = holder === null ? null : `${holder.name ?? '?'}, ${holder.pid}`
  const text: Text =
    who === null
      ? { ru: `Порт ${port} занят другой программой.`, en: `The port ${port} is in use by another program.` }
      : {
          ru: `Порт ${port} занят программой (${who}).`,
          en: `The port ${port} is in use by a program (${who}).`,
        }
  return new RegisterError('lost', text, { hint: heldHint })
}

const heldHint: Text = {
  ru: 'На одном порту может быть только одна программа. Закройте её или подключите кассу по сети (tcp:).',
  en: 'Only one program can use a port. Close the other one, or connect the register by network (tcp:).',
}

/** What the system's error codes mean for the person who stands beside the register. */
const refusals: Readonly<Record<string, { readonly text: Text; readonly hint: Text }>> = {
  ENOENT: {
    text: { ru: 'порта нет', en: 'there is no such port' },
    hint: {
      ru: 'Проверьте кабель и питание кассы; порты видны по команде ls -l /dev/serial/by-id',
      en: 'Check the cable and the power of the register; see the ports with ls -l /dev/serial/by-id',
    },
  },
  EACCES: {
    text: { ru: 'нет прав на порт', en: 'no right to open the port' },
    hint: {
      ru: 'Добавьте пользователя в группу dialout и войдите заново; правило udev: 60-chekpost.rules',
      en: 'Add the user to the group dialout and log in again; udev rule: 60-chekpost.rules',
    },
  },
  EPERM: {
    text: { ru: 'служба не допущена к порту', en: 'the daemon is kept from the port' },
    hint: {
      ru: 'Драйвер порта загружен после службы: systemctl restart chekpost; не помогло: DeviceAllow в chekpost.service',
      en: 'The driver of the port was loaded after the daemon: systemctl restart chekpost; else DeviceAllow in chekpost.service',
    },
  },
  EBUSY: {
    text: { ru: 'порт занят другой программой', en: 'the port is in use by another program' },
    hint: heldHint,
  },
  ENOTTY: {
    text: { ru: 'это не COM-порт', en: 'this is not a serial port' },
    hint: {
      ru: 'Порты видны по команде ls -l /dev/serial/by-id',
      en: 'See the ports with ls -l /dev/serial/by-id',
    },
  },
  NOFLOCK: {
    text: { ru: 'нет программы flock', en: 'the program flock is missing' },
    hint: { ru: 'Установите пакет util-linux.', en: 'Install the package util-linux.' },
  },
}

const gone = {
  text: { ru: 'порт не открывается', en: 'the port cannot be opened' },
  hint: {
    ru: 'Переподключите кабель кассы и проверьте её питание.',
    en: 'Plug the cable of the register in again and check its power.',
  },
}

/** `RegisterError('lost')` for a port that the system does not give to us. */
export function explainOpen(cause: unknown, path: string): RegisterError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const { text, hint } = refusals[code] ?? gone
  const more = code === '' ? '' : ` (${code})`
  const whole = { ru: `${path}: ${text.ru}${more}.`, en: `${path}: ${text.en}${more}.` }
  return new RegisterError('lost', whole, { hint, cause })
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
