import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import { currentContext, ManualClock, runAsPrincipal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { LOW_BALANCE_EVENT, type Account, type LowBalanceEvent, type LowBalanceThresholds } from '../index.js'
import { MoneyMover } from './move-money.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'
import type { WatchingChildOptions } from './watching-child.js'

const THRESHOLDS: LowBalanceThresholds = { mainnet: ['50', '10'], testnet: '5' }

/** Hears events, and notes in whose tenant it did. */
function listener(heard: LowBalanceEvent[], onEvent: () => void = () => undefined): IAgentPlugin {
  return {
    eventTypes: [LOW_BALANCE_EVENT],
    onEvent: async ({ data }) => {
      const event = data as LowBalanceEvent
      expect(currentContext().scope).toEqual({ kind: 'tenant', tenantId: event.customerId })
      heard.push(event)
      onEvent()
    },
  }
}

describeOnEachDatabase('the event accountManager.lowBalance', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let heard: LowBalanceEvent[]
  let ada: Account
  const clock = new ManualClock(new Date('2025-11-21T10:00:00.000Z'))

  const open = (events: LowBalanceEvent[], options: object = {}) =>
    openAccountManager(url, { lowBalanceThresholds: THRESHOLDS, clock, plugins: [listener(events)], ...options })

  beforeEach(async () => {
    url = await fresh()
    heard = []
    opened = await open(heard)
    ada = await opened.agent.accountManagerCreate({ name: 'Ada' })
    await check()
  })

  afterEach(async () => {
    await opened.plugin.stop()
    await opened.database.close()
  })

  const check = async (at = opened) => (await at.agent.accountManagerCheckBalances({})).emitted
  let keys = 0
  const credit = (amount: number, { customerId } = ada, network: 'mainnet' | 'testnet' = 'mainnet') =>
    opened.agent.accountManagerCredit({
      ...{ customerId, network, amount: { denom: 'ncheq', amount: String(amount) } },
      ...{ reason: 'a gift', idempotencyKey: `k${(keys += 1)}` },
    })
  let movers = 0
  const spend = async (amount: number, { customerId } = ada, network: 'mainnet' | 'testnet' = 'mainnet') => {
    const mover = new MoneyMover(opened, customerId)
    const legs = [...[{ from: `credit:${network}`, to: 'revenue', asset: `${network}:ncheq`, amount: BigInt(amount) }]]
    await opened.database.write(
      (manager) => opened.ledger.post(manager, { tenantId: customerId, transferId: `spent ${(movers += 1)}`, legs }),
      { acrossTenants: true },
    )
    return mover
  }
  const told = (events = heard) => events.map(({ threshold, available }) => [threshold.amount, available.amount])

  it('comes once when what can be spent has fallen to a threshold', async () => {
    await credit(100)
    expect(await check()).toBe(0)
    clock.advanceMs(1000)
    await spend(50)
    expect(await check()).toBe(1)
    expect(await check()).toBe(0)
    expect(heard).toEqual([
      {
        eventId: expect.stringContaining(ada.customerId),
        ...{ customerId: ada.customerId, network: 'mainnet', createdAt: clock.now().toISOString() },
        ...{ available: { denom: 'ncheq', amount: '50' }, threshold: { denom: 'ncheq', amount: '50' } },
      },
    ])
    await spend(30)
    expect(await check()).toBe(0)
    await spend(15)
    expect(await check()).toBe(1)
    expect(told()).toEqual([
      ['50', '50'],
      ['10', '5'],
    ])
  })

  it('comes again each time that the balance has risen above, also between two looks', async () => {
    await credit(60)
    for (let round = 0; round < 3; round += 1) {
      await spend(20)
      await credit(20)
    }
    await spend(20)
    expect(await check()).toBe(4)
    expect(new Set(heard.map(({ eventId }) => eventId)).size).toBe(4)
  })

  it('keeps networks and customers apart, and may look at one alone', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    await credit(100, bob, 'testnet')
    await credit(100, ada)
    await spend(95, bob, 'testnet')
    await spend(60, ada)
    expect(await opened.agent.accountManagerCheckBalances({ customerId: bob.customerId })).toEqual({ emitted: 1 })
    expect(heard.map(({ customerId, network }) => [customerId, network])).toEqual([[bob.customerId, 'testnet']])
    expect(await check()).toBe(1)
    expect(heard[1]).toMatchObject({ customerId: ada.customerId, network: 'mainnet' })
  })

  it('comes once, of several processes that look at the same time, again and again', async () => {
    const others: LowBalanceEvent[] = []
    const other = await open(others)
    const customers = await Promise.all(
      Array.from({ length: 12 }, () => opened.agent.accountManagerCreate({ name: 'n' })),
    )
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(customers.map((customer) => credit(100, customer)))
      await Promise.all(customers.map((customer) => spend(100 - round, customer)))
      await Promise.all([check(), check(other), check(), check(other)])
    }
    await check()
    const all = [...heard, ...others]
    const ids = all.map(({ eventId }) => eventId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { customerId } of customers) {
      const own = all.filter((event) => event.customerId === customerId)
      expect(told(own).sort()).toEqual(told(own).sort())
      expect(own.filter(({ threshold }) => threshold.amount === '50')).toHaveLength(3)
    }
    await other.database.close()
  })

  it('is not lost where a process is killed while it tells', async () => {
    await credit(100)
    await spend(60)
    const options: WatchingChildOptions = { url, thresholds: THRESHOLDS, now: clock.now().toISOString() }
    const child = spawnChild(new URL('./watching-child.js', import.meta.url), options)
    const { signal, lines } = await child.ended
    expect(signal).toBe('SIGKILL')
    expect(lines).toHaveLength(1)
    // It may still be at it, for all that others know.
    expect(await check()).toBe(0)
    clock.advanceMs(60_001)
    expect(await check()).toBe(1)
    expect(heard.map(({ eventId }) => eventId)).toEqual(lines)
    clock.advanceMs(60_001)
    expect(await check()).toBe(0)
  })

  it('comes after a restart of what happened while nobody looked', async () => {
    await credit(100)
    await spend(95)
    await opened.database.close()
    const later: LowBalanceEvent[] = []
    opened = await open(later)
    expect(await check()).toBe(2)
    expect(told(later)).toEqual([
      ['50', '5'],
      ['10', '5'],
    ])
  })

  it('does not come of what happened before balances were watched', async () => {
    url = await fresh()
    const before = await openAccountManager(url, { clock })
    const [old, events]: [OpenedAccountManager, LowBalanceEvent[]] = [opened, []]
    opened = before
    ada = await opened.agent.accountManagerCreate({ name: 'Early' })
    await credit(100)
    await spend(60)
    expect(await check()).toBe(0)
    clock.advanceMs(1)
    const after = await open(events)
    expect(await check(after)).toBe(0)
    clock.advanceMs(1)
    await spend(35)
    expect(await check(after)).toBe(1)
    expect(told(events)).toEqual([['10', '5']])
    await after.database.close()
    await old.database.close()
  })

  it('comes by itself once watching was started, and no more once it was stopped', async () => {
    const events: LowBalanceEvent[] = []
    const watching = await open(events, { watchIntervalMs: 10 })
    watching.plugin.startWatching(watching.agent)
    await credit(100)
    await spend(60)
    while (events.length === 0) await sleep(5)
    expect(told(events)).toEqual([['50', '40']])
    await watching.plugin.stop()
    await credit(100)
    await spend(100)
    await sleep(50)
    expect(events).toHaveLength(1)
    expect(await check()).toBe(1)
    await watching.database.close()
  })

  it('tells of a pass that fails, and goes on', async () => {
    const failures: unknown[] = []
    const events: LowBalanceEvent[] = []
    const watching = await open(events, {
      ...{ watchIntervalMs: 10, onBackgroundError: (error: unknown) => void failures.push(error) },
    })
    await watching.database.close()
    watching.plugin.startWatching(watching.agent)
    while (failures.length === 0) await sleep(5)
    await watching.plugin.stop()
    expect(failures[0]).toMatchObject({ code: 'store_unavailable' })
  })

  it('is for operators to ask for', async () => {
    const actingFor = {
      ...{ tenantId: ada.customerId, role: 'operator' as const, permissions: ['*'], environment: 'live' as const },
    }
    const other = runAsPrincipal(actingFor, () => opened.agent.accountManagerCheckBalances({ customerId: 'nobody' }))
    await expect(other).rejects.toMatchObject({ code: 'not_found' })
    for (const customerId of ['nobody', 'a\u0000']) {
      const unknown = opened.agent.accountManagerCheckBalances({ customerId })
      await expect(unknown).rejects.toMatchObject({ code: 'not_found', status: 404 })
    }
    const bad = opened.uncheckedAgent.accountManagerCheckBalances({ customerId: 5 } as unknown as object)
    await expect(bad).rejects.toMatchObject({ code: 'invalid_argument' })
  })
})
