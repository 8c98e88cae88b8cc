/** GS1 check digits: the only proof that a row of digits is a product's code and not a coincidence. */

/** True for 8, 12, 13 or 14 digits, not all zero, whose last digit is right (GS1 General Specifications 7.9). */
export function isProductCode(digits: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(digits) || /^0+$/.test(digits)) return false
  const sum = [...digits.slice(0, -1)]
    .reverse()
    .reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10 === Number(digits.at(-1))
}

/** True for the 8 digits of a UPC-E code, whose check digit is that of the UPC-A it abbreviates. */
export function isUpcE(digits: string): boolean {
  const [, system, m = '', last = '', check] = /^([01])(\d{5})(\d)(\d)$/.exec(digits) ?? []
  if (system === undefined) return false
  return isProductCode(`${system}${expanded(m, Number(last))}${check}`)
}

/** The ten middle digits of the UPC-A behind a UPC-E. */
function expanded(m: string, last: number): string {
  if (last <= 2) return `${m.slice(0, 2)}${last}0000${m.slice(2)}`
  if (last === 3) return `${m.slice(0, 3)}00000${m.slice(3)}`
  if (last === 4) return `${m.slice(0, 4)}00000${m.slice(4)}`
  return `${m}0000${last}`
}
