/**
 * Run as a program of its own, to be killed: makes one call after another for each of some customers, as a tenant agent
 * does. Stops for good at the point of a call that it is told, or never.
 */
import { systemClock } from '@veramo-studio/plugin-kit'
import { DIGEST, openStudio } from './studio.js'
import { storeThing, thingSource, thingTables } from './things.js'

const [url = '', stopAt = 'never', method = 'didManagerCreate'] = process.argv.slice(2)
const limits = { 'did.create': 1_000_000, 'credential.issue': 1_000_000, 'key.create': 1 }
const studio = await openStudio(url, {
  ...{ tables: thingTables, effects: [thingSource], leaseMs: 400, clock: systemClock },
  plans: [{ plan: 'build', limits }],
})

async function stopHere(point: string): Promise<void> {
  if (stopAt !== point) return
  process.stdout.write(`${point}\n`)
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}

async function callOnce(customerId: string, count: number): Promise<void> {
  const idempotency = { key: `key-${count}`, digest: DIGEST }
  const reservationId = await studio.start(customerId, method, { idempotency })
  await stopHere('reserved')
  await storeThing(studio, { customerId, reservationId })
  await stopHere('stored')
  await studio.billing.settle({ customerId, reservationId, answer: { ok: true, body: '1' } })
  await stopHere('settled')
}

async function callForEver(customerId: string): Promise<void> {
  for (let count = 0; ; count += 1) {
    await callOnce(customerId, count)
    if (count === 1) process.stdout.write('calling\n')
  }
}

await Promise.all((stopAt === 'never' ? ['alice', 'bob', 'carol'] : ['alice']).map(callForEver))
