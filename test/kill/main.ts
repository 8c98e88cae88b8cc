/**
 * `npm run kill`: the agent dies by SIGKILL at every point of intake and delivery. Words: `list` names the points;
 * `--first` only the first meeting with each; `--only <text>` points whose name holds it; `--json <file>`;
 * `--side <n>` so many shops at once; `--minutes <n>` begins nothing new after that.
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isRight } from './account.ts'
import { carryOut, census, sentences } from './matrix.ts'
import { reportOf, tableOf } from './report.ts'
import { growTree } from './tree.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    first: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    side: { type: 'string', default: '2' },
    minutes: { type: 'string', default: '1000' },
  },
})

// Nobody is left behind when it is broken off.
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1))

const tree = growTree('sound')
if (positionals.includes('list')) for (const { number, name } of tree.points) console.log(`${number} ${name}`)
else await kill()

async function kill(): Promise<void> {
  const began = performance.now()
  const minutes = () => ((performance.now() - began) / 60_000).toFixed(1)
  const side = Number(values.side)
  const found = await census({
    ...{ tree, side },
    played: ({ scene, line, meetings }) =>
      console.log(
        `${minutes()} min: ${scene.name} (${line}) meets ${meetings.filter((count) => count > 0).length}`,
      ),
  })
  const points = tree.points.filter(({ name }) => name.includes(values.only))
  const all = sentences(points, found, values.first)
  console.log(`${minutes()} min: ${all.length} deaths to die`)
  let done = 0
  const deaths = await carryOut(
    {
      ...{ tree, side },
      enough: () => Number(minutes()) > Number(values.minutes),
      died({ point, scene, line, run }) {
        done++
        if (!isRight(run.wrongs))
          console.log(`WRONG ${point.name} (${scene.name}, ${line}): ${JSON.stringify(run.wrongs)}`)
        if (done % 20 === 0) console.log(`${minutes()} min: ${done} of ${all.length}`)
      },
    },
    all,
  )
  const report = reportOf(points, found, deaths)
  console.log(
    `${tableOf(report)}\nnot carried out             ${all.length - deaths.length}\n${minutes()} min`,
  )
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
  if (report.wrong.length > 0) process.exitCode = 1
}
