/**
 * Run as a program of its own: opens a ledger, does one operation, and dies at the step that it is told, or says which
 * steps there are.
 */
import { LEDGER_OPERATIONS, openLedger } from './ledger-operations.js'
import { Steps } from './steps.js'
import { dieHere, watchDrivers } from './watch-drivers.js'

export interface LedgerChildOptions {
  url: string
  operation: string
  tenantId: string
  /** Default: nowhere. */
  dieAt?: string
}

const { url, operation, tenantId, dieAt } = JSON.parse(process.argv[2] ?? '{}') as LedgerChildOptions
const reached: string[] = []
const steps = new Steps((step) => {
  reached.push(step)
  if (step === dieAt) dieHere()
})
watchDrivers(steps)
const opened = await openLedger(url)
steps.arm()
await LEDGER_OPERATIONS[operation]?.run(opened, tenantId)
process.stdout.write(reached.map((step) => `${step}\n`).join(''))
await opened.database.close()
