/** All that the agent may know of the drivers: the contract, the registry, and how to open a line. */
export * from './contract.ts'
export { DeadlinePassed, pause, withDeadline } from './deadline.ts'
