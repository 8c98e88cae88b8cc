/**
 * How much memory V8 takes for what lives only for a moment. Left alone it gives 48 MB to it while a backlog is
 * delivered, and keeps them; a shop's PC has better use for them, and the daemon waits for the site anyway.
 */
import { setFlagsFromString } from 'node:v8'

/** From now on the young generation stays as large as it is: collected more often, each time in less than a millisecond. */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
