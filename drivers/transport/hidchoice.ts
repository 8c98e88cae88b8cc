/** Which of the plugged devices an address means: exactly one, never "the first". Pure. */
import { RegisterError, type Text } from '../contract.ts'
import type { HidAddress } from './hidaddress.ts'
import type { HidListed } from './hidsystem.ts'

/** The node of the one device that fits. Throws `lost` when none does, `refused` with a list when several do. */
export function chooseDevice(listed: readonly HidListed[], address: HidAddress): string {
  const alike = listed.filter((one) => sameChip(one, address))
  const fitting = nodesOf(alike.filter((one) => fits(one, address)))
  const [path, ...others] = fitting
  if (path === undefined) throw nothingFits(alike, address)
  if (others.length > 0)
    throw severalFit(
      alike.filter(({ path: at }) => fitting.includes(at ?? '')),
      address,
    )
  return path
}

/** Whether this is still the device that was chosen: another may have got its node meanwhile. */
export function isChosen(opened: HidListed, address: HidAddress): boolean {
  return sameChip(opened, address) && sameSerial(opened, address)
}

/** `10c4:ea80`, or with its serial number `10c4:ea80:0012AB`. */
export function nameOf({ vendorId, productId, serial }: HidAddress): string {
  return [hex4(vendorId), hex4(productId), ...(serial === null ? [] : [serial])].join(':')
}

function sameChip(one: HidListed, { vendorId, productId }: HidAddress): boolean {
  return one.vendorId === vendorId && one.productId === productId
}

function sameSerial(one: HidListed, { serial }: HidAddress): boolean {
  return serial === null || one.serialNumber === serial
}

function fits(one: HidListed, address: HidAddress): boolean {
  const { usage } = address
  return (
    sameSerial(one, address) &&
    (usage === null || (one.usagePage === usage.page && one.usage === usage.usage)) &&
    (address.interface === null || one.interface === address.interface)
  )
}

function nodesOf(listed: readonly HidListed[]): string[] {
  return [...new Set(listed.flatMap(({ path }) => (path === undefined ? [] : [path])))]
}

function nothingFits(alike: readonly HidListed[], address: HidAddress): RegisterError {
  const name = nameOf(address)
  if (alike.length === 0)
    return new RegisterError(
      'lost',
      { ru: `HID-устройства ${name} нет.`, en: `There is no HID device ${name}.` },
      { hint: pluggedHint },
    )
  const text = {
    ru: `Ни одно HID-устройство не подходит к адресу ${name}: ${listOf(alike)}.`,
    en: `No HID device fits the address ${name}: ${listOf(alike)}.`,
  }
  const hint = {
    ru: 'Проверьте в адресе серийный номер, usage= и interface=.',
    en: 'Check the serial number, usage= and interface= in the address.',
  }
  return new RegisterError('lost', text, { hint })
}

function severalFit(fitting: readonly HidListed[], address: HidAddress): RegisterError {
  const text = {
    ru: `К адресу ${nameOf(address)} подходят несколько HID-устройств: ${listOf(fitting)}.`,
    en: `Several HID devices fit the address ${nameOf(address)}: ${listOf(fitting)}.`,
  }
  const hint = {
    ru: 'Допишите в адрес серийный номер, interface= или usage=; одинаковые мосты без номеров по HID не различить.',
    en: 'Add the serial number, interface= or usage= to the address; equal bridges without numbers cannot be told apart.',
  }
  return new RegisterError('refused', text, { hint })
}

/** Ready to be copied into an address. */
function listOf(listed: readonly HidListed[]): string {
  return listed.map(describe).join('; ')
}

function describe(one: HidListed): string {
  const serial = one.serialNumber ? `:${encodeURIComponent(one.serialNumber)}` : ''
  const options = [
    ...(one.interface >= 0 ? [`interface=${one.interface}`] : []),
    ...(one.usagePage === undefined || one.usage === undefined
      ? []
      : [`usage=${one.usagePage.toString(16)}:${one.usage.toString(16)}`]),
  ].join('&')
  return `hid:${hex4(one.vendorId)}:${hex4(one.productId)}${serial}?${options} (${one.path ?? '?'})`
}

function hex4(number: number): string {
  return number.toString(16).padStart(4, '0')
}

/** For a device that is gone or was never there. */
export const pluggedHint: Text = {
  ru: 'Проверьте кабель и питание кассы; устройства видны по команде lsusb, линия откроется сама.',
  en: 'Check the cable and the power of the register; lsusb shows the devices, the line will be opened by itself.',
}
