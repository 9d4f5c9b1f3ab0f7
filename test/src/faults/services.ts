import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect } from '@jest/globals'
import { AGENT_FILE, CLI, freePort, freshEnvironment } from '../agents/environment.js'
import { ServiceProcess } from '../agents/service-process.js'
import type { Fault } from './at-a-step.js'
import { remoteUsage, type RemoteCustomer } from './service-client.js'
import { STEP_MARK } from './steps.js'

/** After a start, or when the store answers again, what calls have left open is ended within this time. */
export const RECOVERY_LIMIT_MS = 5000

export interface Services {
  /** Processes of one product, ready, on the same data and on ports of their own. */
  start(databaseUrl: string, count: number, options?: ServiceOptions): Promise<ServiceProcess[]>
}

export interface ServiceOptions {
  /** Beside those of every product. */
  variables?: Record<string, string>
  /** Default: the shipped one. */
  agentFile?: string
}

/** Call it where `describe` is called: services end with the test that started them, or with the suite. */
export function startedServices(endWith: typeof afterEach = afterEach): Services {
  const running: ServiceProcess[] = []
  endWith(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()))
  })
  return {
    start: async (databaseUrl, count, { variables = {}, agentFile = AGENT_FILE } = {}) => {
      const environment = { ...(await freshEnvironment(databaseUrl)), ...variables }
      const server: [string, ...string[]] = [CLI, '--config', agentFile, 'start']
      const first = new ServiceProcess(environment, server)
      running.push(first)
      await first.start()
      const others: ServiceProcess[] = []
      for (let other = 1; other < count; other += 1) {
        others.push(new ServiceProcess({ ...environment, PORT: String(await freePort()) }, server))
      }
      running.push(...others)
      await Promise.all(others.map((service) => service.start()))
      return [first, ...others]
    },
  }
}

/** Waits until nothing is set aside for a customer's calls any more, and fails where that takes too long. */
export async function expectNothingHeld(
  service: ServiceProcess,
  customer: RemoteCustomer,
  limitMs = RECOVERY_LIMIT_MS,
): Promise<void> {
  const deadline = Date.now() + limitMs
  while ((await remoteUsage(service, customer)).held > 0 && Date.now() < deadline) await sleep(50)
  expect(await remoteUsage(service, customer)).toMatchObject({ held: 0 })
}

/** The variables of a service that can be struck at a step. `control` is a file that need not exist yet. */
export function strikable(control: string): Record<string, string> {
  const preload = new URL('./at-a-step.js', import.meta.url).href
  return { FAULT_CONTROL: control, NODE_OPTIONS: `--import=${preload}` }
}

/** Lets a signal strike a service at a step of what it does next. */
export async function strikeAt(service: ServiceProcess, fault: Fault): Promise<void> {
  const said = service.output.length
  writeFileSync(String(service.environment['FAULT_CONTROL']), JSON.stringify(fault))
  service.send('SIGUSR2')
  while (!service.output.slice(said).includes('armed\n')) await sleep(10)
}

/** The steps of what a service does meanwhile. Nothing strikes it. */
export async function stepsOf(service: ServiceProcess, work: () => Promise<unknown>): Promise<string[]> {
  const said = service.output.length
  await strikeAt(service, { step: 'none', signal: 'SIGKILL' })
  await work()
  const lines = service.output.slice(said).split('\n')
  return lines.flatMap((line) => (line.startsWith(STEP_MARK) ? [line.slice(STEP_MARK.length)] : []))
}

/** Resolves when a service stands still. */
export async function standsStill(service: ServiceProcess): Promise<void> {
  // The state follows the name, which is in parentheses. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const state = () => readFileSync(`/proc/${service.pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0]
  const deadline = Date.now() + RECOVERY_LIMIT_MS
  while (state() !== 'T') {
    if (Date.now() > deadline) throw new Error('it never came to the step')
    await sleep(10)
  }
}
