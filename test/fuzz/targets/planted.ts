/** Targets whose program has a planted bug each; they are run by the fuzzer's own test alone. */

import { v1FrameAt } from '../own.ts'
import { addUp, countElements, readHeader, takeUnchecked } from '../planted/bugs.ts'
import { must, type Target } from '../target.ts'

function planted(name: string, seed: readonly number[], run: (input: Uint8Array) => void): Target {
  return {
    name,
    main: 'test/fuzz/planted/bugs.js',
    longest: 40,
    shape: 'bytes',
    seeds: () => [Uint8Array.from(seed)],
    run,
  }
}

export const plantedChecksum = planted('planted-checksum', [2, 1, 5, 4], (input) => {
  const payload = takeUnchecked(input)
  must(payload === null || v1FrameAt(input, 0) > 0, 'a frame with a wrong checksum was taken')
})

export const plantedSum = planted('planted-sum', [1, 0, 2, 0], (input) => {
  let sum = 0
  for (const [i, byte] of input.subarray(0, input.length - (input.length % 2)).entries())
    sum += i % 2 === 0 ? byte : byte * 256
  must(addUp(input) === sum, 'a wrong sum was accepted')
})

export const plantedHang = planted('planted-hang', [1, 0, 2, 0, 0], (input) => {
  must(countElements(input) <= input.length, 'more elements than bytes')
})

export const plantedMagic = planted('planted-magic', [0, 0, 0, 0], (input) => {
  must(readHeader(input) === 'no header', 'a header where none is')
})
