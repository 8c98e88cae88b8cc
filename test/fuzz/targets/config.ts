/** The config file: whatever is in it, settings that are whole or a text for a person. */
import { describeConfig, parseConfig } from '../../../agent/config.ts'
import { UsageError } from '../../../agent/usage.ts'
import { bytesOf, textFrom, textOf } from '../fixtures.ts'
import { must, orDocumented, type Target } from '../target.ts'

export const config: Target = {
  name: 'config',
  main: 'agent/config.js',
  longest: 2_500,
  shape: 'text',
  *seeds() {
    yield bytesOf(textOf('systemd/chekpost.example.yaml').replaceAll(/ +#.*$/gm, ''))
    yield bytesOf(`store: a\ntimezone: UTC\nregisters: [{name: t, driver: shtrih, address: 'hid:10c4:ea80'}]
bitrix: {url: 'https://a.example/', secretFile: s, mode: webhook}\ncodes: {inStore: {prefix: ['21'], plu: 5, weight: 5}}`)
    yield bytesOf('a: &a [1]\nb: [*a, *a]\n<<: {c: 1}\nregisters: !!binary aGVsbG8=\n')
  },
  words: ['serial:/dev/ttyS0?baud=9600', 'tcp:127.0.0.1:7778', 'unix:/a', 'hid:1a86:e429', 'from: first'].map(
    bytesOf,
  ),
  run(input) {
    const read = orDocumented(() => parseConfig(textFrom(input), 'fuzz.yaml'), UsageError)
    if (read === null) return
    must(read.registers.length > 0, 'a config without a register')
    for (const { id, pollMs, quietMs, bitrix } of read.registers) {
      must(/^[\w.-]+\/[a-z0-9-]+$/.test(id), `no identity: ${id}`)
      must(pollMs > 0 && quietMs >= 0 && Number.isFinite(pollMs + quietMs), 'times that are none')
      must(/^https?:\/\//.test(bitrix.url), `no address: ${bitrix.url}`)
    }
    must(describeConfig(read, 'ru') !== '' && describeConfig(read, 'en') !== '', 'a config without words')
  },
}
