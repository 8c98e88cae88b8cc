/** The rates that registers can be set to; every one exists on every Linux tty. */
export const baudRates: readonly number[] = [
  1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600,
]
