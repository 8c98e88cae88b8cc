import { expect, test } from 'vitest'
import { ledgerBeside } from '../../agent/destinations.ts'

test.each([
  ['https://shop.example/local/chekpost/sale.php', 'https://shop.example/local/chekpost/ledger.php'],
  ['https://shop.example/sale.php?token=1', 'https://shop.example/ledger.php?token=1'],
  [
    'https://shop.example:8443/local/ajax/pos-sale-callback.php',
    'https://shop.example:8443/local/chekpost/ledger.php',
  ],
])('the ledger of %s is asked at %s', (url, ledger) => {
  expect(ledgerBeside(url)).toBe(ledger)
})

test('where the ledger of another address lies is not guessed', () => {
  expect(ledgerBeside('https://shop.example/receive')).toBeNull()
  expect(ledgerBeside('https://shop.example/')).toBeNull()
})
