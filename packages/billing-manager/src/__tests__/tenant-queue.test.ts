import { expect, it } from '@jest/globals'
import {
  currentContext,
  kitErrors,
  runAsPrincipal,
  runInTenant,
  type Database,
  type Principal,
} from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { TenantQueue } from '../tenant-queue.js'
import { errorOf } from './studio.js'

const MANAGER = {} as EntityManager
const PRINCIPAL: Principal = { tenantId: 't1', role: 'customer', permissions: [], environment: 'live' }
type Write = (work: (manager: EntityManager) => Promise<unknown>) => Promise<unknown>

/** A queue that decides a number by doubling it, and what it was given, group by group. */
function doubling(write: Write, decide = async (requests: readonly number[]) => requests.map((each) => each * 2)) {
  const groups: { tenantId: string; requests: number[] }[] = []
  const database = { write } as unknown as Database
  const queue = new TenantQueue<number, number>({
    database,
    decide: async (_manager, { tenantId, requests }) => {
      groups.push({ tenantId, requests: [...requests] })
      return decide(requests)
    },
  })
  return { queue, groups }
}

const once: Write = async (work) => work(MANAGER)

it('takes the same group when its write runs again, and nobody who came in between', async () => {
  let late: Promise<unknown> | undefined
  let isFirst = true
  const { queue, groups } = doubling(async (work) => {
    await Promise.resolve()
    if (!isFirst) return work(MANAGER)
    isFirst = false
    await work(MANAGER)
    late = queue.ask('t1', 3)
    return work(MANAGER)
  })
  expect(await Promise.all([queue.ask('t1', 1), queue.ask('t1', 2)])).toEqual([2, 4])
  expect(await late).toBe(6)
  const [first] = groups
  expect(groups).toEqual([first, first, { tenantId: 't1', requests: [3] }])
})

it('gives each tenant a write of its own', async () => {
  const { queue, groups } = doubling(async (work) => {
    await Promise.resolve()
    return work(MANAGER)
  })
  await Promise.all([queue.ask('t1', 1), queue.ask('t2', 2), queue.ask('t1', 3)])
  expect(groups).toEqual([
    { tenantId: 't1', requests: [1, 3] },
    { tenantId: 't2', requests: [2] },
  ])
})

it('decides in the context of none of its callers', async () => {
  const seen: unknown[] = []
  const { queue } = doubling(once, async (requests) => {
    seen.push(currentContext().scope)
    return [...requests]
  })
  await runInTenant('t1', () => queue.ask('t1', 1))
  expect(seen).toEqual([undefined])
})

it('lets a call that a metered call makes decide alone', async () => {
  const { queue, groups } = doubling(once)
  const meteredCall = { callId: 'c1', guardWrite: async () => undefined }
  expect(await runAsPrincipal(PRINCIPAL, () => queue.ask('t1', 1), meteredCall)).toBeUndefined()
  expect(groups).toEqual([])
})

it('tells a fault of the store to each caller and to the call that it serves, and goes on', async () => {
  let faults = 1
  const { queue } = doubling(async (work) => {
    await Promise.resolve()
    if ((faults -= 1) >= 0) throw kitErrors.store_unavailable('gone')
    return work(MANAGER)
  })
  const told = await runAsPrincipal(PRINCIPAL, async () => {
    const failed = await Promise.all([errorOf(queue.ask('t1', 1)), errorOf(queue.ask('t1', 2))])
    return [failed.map(({ code }) => code), currentContext().storeFaults?.length]
  })
  expect(told).toEqual([['store_unavailable', 'store_unavailable'], 2])
  expect(await queue.ask('t1', 4)).toBe(8)
})

it('leaves each to decide alone where a group fails in another way', async () => {
  const { queue } = doubling(once, async () => {
    throw new Error('not plain after all')
  })
  expect(await Promise.all([queue.ask('t1', 1), queue.ask('t1', 2)])).toEqual([undefined, undefined])
})
