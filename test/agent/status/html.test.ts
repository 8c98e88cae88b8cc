/** Nothing that comes from outside becomes markup. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html } from '../../../agent/status/html.ts'

test('text is escaped between tags and in attributes, HTML is not escaped again', () => {
  const name = `<script>alert("1")</script> & 'x'`
  const safe = '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;'
  expect(html`<p title="${name}">${name}</p>`.toString()).toBe(`<p title="${safe}">${safe}</p>`)
  expect(html`<ul>${[html`<li>${name}</li>`, '<b>']}</ul>`.toString()).toBe(
    `<ul><li>${safe}</li>&lt;b&gt;</ul>`,
  )
})

test('null, undefined and false leave nothing, zero is a number', () => {
  expect(html`${null}${undefined}${false}${0}${''}`.toString()).toBe('0')
})

test('what only looks like HTML is text', () => {
  const forged = { toString: () => '<b>' } as unknown as string
  expect(() => html`${forged}`).toThrow()
  expect(html`${String({ toString: () => '<b>' })}`.toString()).not.toContain('<b>')
})

test('whatever the text, it adds no tag, no quote and no reference of its own', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const drawn = html`${text}`.toString()
      expect(drawn).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
      const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" } as const
      const back = drawn.replace(
        /&(amp|lt|gt|quot|#39);/g,
        (_, name: keyof typeof entities) => entities[name],
      )
      expect(back).toBe(text)
    }),
  )
})
