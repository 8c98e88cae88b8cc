/** The first signed word to the site, for each register; see `agent/doctor/receiver.ts` for what answers mean. */
import type { Config } from '../config.ts'
import { destinationsOf } from '../destinations.ts'
import { askReceiver } from '../doctor/receiver.ts'
import type { Finding } from '../doctor/report.ts'
import type { Environment } from '../environment.ts'

/** How the site received the test of one register. */
export interface Welcome {
  /** `<store>/<name>` */
  readonly register: string
  readonly finding: Finding
}

/** Nothing of it is booked. */
export async function greetSite(
  config: Config,
  environment: Environment,
  configPath: string,
  signal: AbortSignal,
): Promise<Welcome[]> {
  // The secret lies beside the config; systemd hands out none to a command.
  const receivers = destinationsOf(config, { ...environment, credentialsDirectory: null }, configPath)
  const ward = { clock: Date.now, instance: '', siteOf: () => null }
  const welcomes: Welcome[] = []
  for (const receiver of receivers)
    for (const way of receiver.ways) {
      const { finding } = await askReceiver(ward, receiver, way, signal)
      welcomes.push({ register: way.id, finding })
    }
  return welcomes
}
