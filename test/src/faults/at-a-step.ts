/**
 * Loaded with --import before the product, whose code knows nothing of it: on SIGUSR2 it reads from the file that
 * `FAULT_CONTROL` names at which step which signal is to strike this process, and says `armed` on standard output, and
 * then each step as it is reached.
 */
import { readFileSync } from 'node:fs'
import { Steps, STEP_MARK } from './steps.js'
import { watchDrivers } from './watch-drivers.js'

export interface Fault {
  step: string
  signal: 'SIGKILL' | 'SIGSTOP'
}

let fault: Fault | undefined
const steps = new Steps((step) => {
  process.stdout.write(`${STEP_MARK}${step}\n`)
  if (step !== fault?.step) return
  const { signal } = fault
  fault = undefined
  process.kill(process.pid, signal)
})
watchDrivers(steps)
process.on('SIGUSR2', () => {
  fault = JSON.parse(readFileSync(process.env['FAULT_CONTROL'] ?? '', 'utf8')) as Fault
  steps.arm()
  process.stdout.write('armed\n')
})
