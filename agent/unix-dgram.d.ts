/** The part of `unix-dgram` that we use; the package brings no types. */
declare module 'unix-dgram' {
  interface DatagramSocket {
    on(event: 'error', listener: (error: Error) => void): this
    send(buffer: Buffer, offset: number, length: number, path: string, done: (error?: Error) => void): void
    close(): void
  }
  export function createSocket(type: 'unix_dgram'): DatagramSocket
}
