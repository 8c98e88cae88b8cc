/** All that the agent may know of the drivers: the contract, the registry, and how to open a line. */
export * from './contract.ts'
export { DeadlinePassed, pause, withDeadline } from './deadline.ts'
export { type Address, parseAddress } from './transport/address.ts'
export { openLine } from './transport/open.ts'
export { parseTranscript, recordLine, TranscriptError } from './transport/recorded.ts'
export { adviseAddress } from './transport/stable.ts'
