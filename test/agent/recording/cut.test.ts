/** A recording that was killed, or whose disk was full. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drivers, parseTranscript, TranscriptError } from '../../../drivers/index.ts'
import { playback } from '../../fakes/playback.ts'

const never = new AbortController().signal
const whole = readFileSync(new URL('../../fixtures/shtrih-v2/receipt.transcript', import.meta.url), 'utf8')

test('a transcript cut at any byte is explained as far as it is whole, or its last line is named', () => {
  const frames = drivers.shtrih.explain(parseTranscript(whole))
  for (let at = 0; at < whole.length; at += 7) {
    const cut = whole.slice(0, at)
    const wholeLines = parseTranscript(cut.slice(0, cut.lastIndexOf('\n') + 1)).length
    const explained = explainOrRefuse(cut)
    if (explained instanceof TranscriptError)
      expect(explained.message).toContain(`Line ${cut.split('\n').length}`)
    else expect(explained.slice(0, wholeLines)).toEqual(frames.slice(0, wholeLines))
  }
})

function explainOrRefuse(transcript: string) {
  try {
    return drivers.shtrih.explain(parseTranscript(transcript))
  } catch (error) {
    if (error instanceof TranscriptError) return error
    throw error
  }
}

test('a playback of a cut transcript fails where the talk ends, and never goes on', async () => {
  const line = playback(whole.split('\n').slice(0, 20).join('\n'))
  const settings = drivers.shtrih.settings.parse({ frames: 'v2', stillMs: 1 })
  await expect(drivers.shtrih.connect(line, settings, never)).rejects.toThrow('the end of the talk')
})
