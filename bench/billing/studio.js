/** A billing manager on a database of its own, with one customer who has units enough. */
import { createSecretKey } from 'node:crypto'
import * as billing from '@veramo-studio/billing-manager'
import * as ledgers from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'

const CUSTOMER = 'hot'
const PACKAGES = [billing, ledgers]
/** The same in each process that opens the books. */
const chainKey = createSecretKey(Buffer.alloc(32, 7))
const agent = { availableMethods: () => [] }

/** @param {{ alone?: boolean }} [options] alone: each call is decided by itself, in statements of its own */
export async function openStudio(url, { alone = false } = {}) {
  const database = await openDatabase({
    url,
    entities: PACKAGES.map(({ Entities }) => Entities),
    migrations: PACKAGES.map(({ migrations }) => migrations),
  })
  const manager = new billing.BillingManager({
    database,
    ledger: new ledgers.Ledger({ chainKey }),
    methods: { didManagerCreate: { effect: 'pure', meter: 'did.create' } },
    plans: [{ plan: 'build', limits: { 'did.create': 1_000_000_000 } }],
    defaultPlan: 'build',
    recovery: 'manual',
  })
  if (alone) for (const queue of [manager.deps.calls, manager.deps.endings]) queue.ask = async () => undefined
  return { database, manager }
}

export async function closeStudio({ database, manager }) {
  await manager.stop()
  await database.close()
}

/** What a metered call costs beside its work. */
export async function pair({ manager }, onAnswer = () => undefined) {
  let askedMs = performance.now()
  const answered = () => {
    const nowMs = performance.now()
    onAnswer(nowMs - askedMs)
    askedMs = nowMs
  }
  const { reservationId } = await manager.reserve({ customerId: CUSTOMER, method: 'didManagerCreate' }, agent)
  answered()
  await manager.settle({ customerId: CUSTOMER, reservationId })
  answered()
}

/** Makes the tables, and lets the customer call once. */
export async function prepareStudio(url) {
  const studio = await openStudio(url)
  await pair(studio)
  await closeStudio(studio)
}
