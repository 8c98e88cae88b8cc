/** Asks axe-core about the page as it stands. */
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

/** One rule that is broken, and where. */
export interface Finding {
  readonly rule: string
  readonly impact: string
  readonly where: readonly string[]
}

interface Violation {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[]
}

const { source } = createRequire(import.meta.url)('axe-core') as { readonly source: string }

/**
 * What axe-core calls serious or critical. It is put in by the debugger: the page's content security policy lets no
 * other way through, and is not switched off for it.
 */
export async function seriousFindings(page: Page): Promise<readonly Finding[]> {
  const session = await page.context().newCDPSession(page)
  try {
    await session.send('Runtime.evaluate', { expression: `${source};0` })
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) =>
        JSON.stringify({ violations, passed: passes.length }))`,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`axe-core: ${exceptionDetails.text}`)
    const { violations, passed } = JSON.parse(String(result.value)) as {
      violations: readonly Violation[]
      passed: number
    }
    if (passed === 0) throw new Error('axe-core has looked at nothing')
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(findingOf)
  } finally {
    await session.detach()
  }
}

function findingOf({ id, impact, nodes }: Violation): Finding {
  return {
    rule: id,
    impact: impact ?? '',
    where: nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
  }
}
