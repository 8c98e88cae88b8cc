/**
 * Runs `quick_check` in a thread of its own. This file is started, never imported. It must stay plain JavaScript
 * in its every character: from the sources it is read as text, for Node 20 does not run TypeScript.
 */
import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const { path, library } = workerData
const Database = createRequire(library)(library)

const outcome = { said: [''], code: '', message: '' }
try {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    outcome.said = database.prepare('PRAGMA quick_check(20)').pluck().all()
  } finally {
    database.close()
  }
} catch (error) {
  Object.assign(outcome, { said: [], code: Object(error).code ?? '', message: String(error) })
}
parentPort?.postMessage(outcome)
