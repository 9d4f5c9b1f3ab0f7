import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect } from '@jest/globals'
import { freePort, freshEnvironment } from '../agents/environment.js'
import { ServiceProcess } from '../agents/service-process.js'
import { remoteUsage, type RemoteCustomer } from './service-client.js'

/** After a start, or when the store answers again, what calls have left open is ended within this time. */
export const RECOVERY_LIMIT_MS = 5000

export interface Services {
  /** Processes of one product, ready, on the same data and on ports of their own. */
  start(databaseUrl: string, count: number, variables?: Record<string, string>): Promise<ServiceProcess[]>
}

/** Call it where `describe` is called: each test's services end with it. */
export function startedServices(): Services {
  const running: ServiceProcess[] = []
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()))
  })
  return {
    start: async (databaseUrl, count, variables = {}) => {
      const environment = { ...(await freshEnvironment(databaseUrl)), ...variables }
      const first = new ServiceProcess(environment)
      running.push(first)
      await first.start()
      const others: ServiceProcess[] = []
      for (let other = 1; other < count; other += 1) {
        others.push(new ServiceProcess({ ...environment, PORT: String(await freePort()) }))
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
