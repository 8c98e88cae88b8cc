/**
 * A disk whose power can be cut: a file system in an image that is mounted over a loop device. What its kernel has
 * not yet written out is not in the image, so a copy of the image is the disk as a power cut at this moment leaves it.
 *
 * The copy must be of one moment, while writing goes on. So the image lies in a file system of its own, which is
 * frozen for as long as the copy takes, and the copy is compared with the image afterwards.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { now } from './facts.ts'

const diskSize = '96M'
const holderSize = '160M'

export interface Cut {
  /** The image as the cut left it. */
  readonly image: string
  /** What was announced by then, in microseconds of the monotonic clock, has to be in the image. */
  readonly at: number
}

/** A mounted disk, and its copies as power cuts leave them. Disposing unmounts and removes all of it. */
export class PowerDisk implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'chekpost-power-'))
  readonly #mounted: string[] = []
  readonly #image: string
  /** Where the file system is mounted. */
  readonly path: string
  #copies = 0

  constructor() {
    try {
      const holder = this.#mount(format(join(this.#folder, 'holder.img'), holderSize), 'holder')
      this.#image = format(join(holder, 'disk.img'), diskSize)
      this.path = this.#mount(this.#image, 'disk')
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  /** Cuts the power of a copy; the disk itself goes on. */
  cut(): Cut {
    const image = join(this.#folder, `cut-${++this.#copies}.img`)
    const holder = join(this.#folder, 'holder')
    execFileSync('fsfreeze', ['--freeze', holder])
    try {
      copyFileSync(this.#image, image)
      const at = now()
      if (!readFileSync(image).equals(readFileSync(this.#image)))
        throw new Error('the image changed while it was copied')
      return { image, at }
    } finally {
      execFileSync('fsfreeze', ['--unfreeze', holder])
    }
  }

  /** Mounts the disk of a cut, which replays its journal, lets it be looked at, and throws it away. */
  async examine<Result>({ image }: Cut, look: (path: string) => Promise<Result>): Promise<Result> {
    const path = this.#mount(image, `after-${this.#copies}`)
    try {
      return await look(path)
    } finally {
      this.#unmount(path)
      rmSync(image)
    }
  }

  [Symbol.dispose](): void {
    for (const path of this.#mounted.toReversed()) this.#unmount(path)
    rmSync(this.#folder, { recursive: true })
  }

  #mount(image: string, name: string): string {
    const path = join(this.#folder, name)
    mkdirSync(path)
    execFileSync('mount', ['-o', 'loop,noatime', image, path])
    this.#mounted.push(path)
    return path
  }

  #unmount(path: string): void {
    execFileSync('umount', [path])
    this.#mounted.splice(this.#mounted.indexOf(path), 1)
  }
}

function format(image: string, size: string): string {
  execFileSync('truncate', ['-s', size, image])
  execFileSync('mkfs.ext4', ['-q', '-F', image])
  return image
}
