import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { TransactionOutcome } from '../index.js'
import { FEE, ScriptedChain, transaction } from './chain.js'
import {
  buryOthers,
  DIGEST,
  emptiedDatabase,
  errorOf,
  openStudio,
  usageOf,
  type Studio,
  type StudioOptions,
} from './studio.js'
import { storeThing, thingSource, thingTables } from './things.js'

const customerId = 'alice'
const method = 'cheqdCreate'
const idempotency = { key: 'key-0', digest: DIGEST }
const DID = { kind: 'did', id: 'did:cheqd:testnet:1' }
const SETTLED: TransactionOutcome = { outcome: 'settled', made: [DID], fee: FEE }

describeOnEachDatabase('a call that sends a transaction', (fresh) => {
  const emptied = emptiedDatabase(fresh, thingTables.entities)
  let url: string
  let chain: ScriptedChain
  let dying: Studio
  let studio: Studio

  const open = (options: StudioOptions = {}) =>
    openStudio(url, { tables: thingTables, effects: [thingSource], outcomes: [chain], ...options })

  beforeEach(async () => {
    url = await emptied()
    chain = new ScriptedChain()
    dying = await open()
    studio = await open()
  })

  afterEach(async () => {
    await dying.kill()
    await studio.close()
  })

  /** A call whose process is killed after it has marked transactions. */
  const killBroadcasting = async (...hashes: string[]) => {
    const reservationId = await dying.start(customerId, method, { idempotency })
    for (const hash of hashes) await dying.billing.markBroadcast({ customerId, reservationId }, transaction(hash))
    await dying.kill()
    await buryOthers(studio)
    return reservationId
  }
  const repeat = () => studio.reserve({ customerId, method, idempotency })
  const counts = async () => {
    const { used, held } = await usageOf(studio, customerId, 'did.create')
    return { used, held }
  }
  const recoverQuietly = () => studio.billing.recover().catch(() => undefined)
  const stateOf = async (reservationId: string) => {
    for (const state of ['open', 'settled', 'voided'] as const) {
      const { items } = await studio.agent.billingManagerListReservations({ customerId, state })
      const found = items.find((item) => item.reservationId === reservationId)
      if (found !== undefined) return found
    }
    throw new Error('no such reservation')
  }

  it('is paid for where the chain has executed it, and names what was made', async () => {
    const reservationId = await killBroadcasting('AA')
    chain.answer('AA', SETTLED)
    expect(await studio.billing.recover()).toEqual({ settled: 1, voided: 0 })
    expect(await counts()).toEqual({ used: 1, held: 0 })
    expect(await repeat()).toEqual({ decision: 'refused', refusal: { code: 'answer_lost', made: [DID] } })
    expect(await stateOf(reservationId)).toMatchObject({
      state: 'settled',
      transactions: [{ txHash: 'AA', outcome: 'settled', reason: null, fee: FEE }],
    })
    expect(chain.asked[0]).toMatchObject({ customerId, reservationId, method, ...transaction('AA') })
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
  })

  it.each(['failed', 'sequence_used', 'timed_out'] as const)('is free where it never will be: %s', async (reason) => {
    const reservationId = await killBroadcasting('AA')
    chain.answer('AA', { outcome: 'voided', reason, fee: FEE })
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 1 })
    expect(await counts()).toEqual({ used: 0, held: 0 })
    expect((await repeat()).decision).toBe('reserved')
    expect(await stateOf(reservationId)).toMatchObject({ state: 'voided', transactions: [{ reason, fee: FEE }] })
  })

  it.each<[string, (TransactionOutcome | Error)[]]>([
    ['is not found', [{ outcome: 'unknown', reason: 'not found' }]],
    ['is asked of a node that is unreachable', [new Error('ECONNREFUSED')]],
  ])('stays open, for as long as it takes, where it %s', async (_name, script) => {
    const reservationId = await killBroadcasting('AA')
    chain.answer('AA', ...script)
    for (let round = 0; round < 12; round += 1) {
      await recoverQuietly()
      studio.clock.advanceMs(86_400_000)
      await buryOthers(studio)
    }
    expect(await counts()).toEqual({ used: 0, held: 1 })
    expect(await repeat()).toEqual({
      decision: 'refused',
      refusal: { code: 'outcome_pending', transaction: { network: 'testnet', txHash: 'AA' } },
    })
    expect(chain.asked.length).toBeGreaterThanOrEqual(12)
    expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
    chain.answer('AA', SETTLED)
    await recoverQuietly()
    expect((await stateOf(reservationId)).state).toBe('settled')
  })

  it('is asked for again after ever longer times', async () => {
    await killBroadcasting('AA')
    for (const expected of [1, 1, 1]) {
      await studio.billing.recover()
      expect(chain.asked).toHaveLength(expected)
    }
    studio.clock.advanceMs(3_600_000)
    await studio.billing.recover()
    expect(chain.asked).toHaveLength(2)
  })

  it('says what went wrong with a look-up, and ends the others', async () => {
    await killBroadcasting('AA')
    const other = await open()
    await other.kill()
    chain.answer('AA', new Error('ECONNREFUSED'))
    await expect(studio.billing.recover()).rejects.toThrow('1 transactions cannot be looked up')
  })

  it('is not ended on answers that contradict each other', async () => {
    const liar = new ScriptedChain()
    await studio.close()
    studio = await open({ outcomes: [chain, liar] })
    await killBroadcasting('AA')
    chain.answer('AA', SETTLED)
    liar.answer('AA', { outcome: 'voided', reason: 'failed' })
    await studio.billing.recover()
    expect(await counts()).toEqual({ used: 0, held: 1 })
    liar.answer('AA', SETTLED)
    studio.clock.advanceMs(86_400_000)
    await studio.billing.recover()
    expect(await counts()).toEqual({ used: 1, held: 0 })
  })

  it('waits for all its transactions before it is free, and for one to be paid for', async () => {
    const reservationId = await killBroadcasting('AA', 'BB')
    chain.answer('AA', { outcome: 'voided', reason: 'sequence_used' })
    await studio.billing.recover()
    expect(await counts()).toEqual({ used: 0, held: 1 })
    chain.answer('BB', SETTLED)
    studio.clock.advanceMs(86_400_000)
    await studio.billing.recover()
    expect(await counts()).toEqual({ used: 1, held: 0 })
    expect((await stateOf(reservationId)).transactions).toMatchObject([
      { txHash: 'AA', outcome: 'voided', reason: 'sequence_used', fee: null },
      { txHash: 'BB', outcome: 'settled', reason: null, fee: FEE },
    ])
  })

  it('does not wait for a node that never answers', async () => {
    await studio.close()
    const silent = { outcomeOf: () => new Promise<never>(() => undefined) }
    studio = await open({ outcomes: [silent], outcomeTimeoutMs: 20 })
    await killBroadcasting('AA')
    await expect(studio.billing.recover()).rejects.toThrow('1 transactions cannot be looked up')
    expect(await counts()).toEqual({ used: 0, held: 1 })
  })

  it('stays open without anybody to ask', async () => {
    await studio.close()
    studio = await open({ outcomes: [] })
    await killBroadcasting('AA')
    expect(await studio.billing.recover()).toEqual({ settled: 0, voided: 0 })
    expect(await counts()).toEqual({ used: 0, held: 1 })
  })

  it('is ended once, whichever of several processes is first, and by the call itself where that is', async () => {
    await killBroadcasting('AA')
    const third = await open()
    chain.answer('AA', SETTLED)
    const ends = await Promise.all([studio, third, studio].map(({ billing }) => billing.recover()))
    expect(ends.reduce((sum, { settled }) => sum + settled, 0)).toBe(1)
    expect(await counts()).toEqual({ used: 1, held: 0 })
    await third.close()
  })

  it('settles by itself after it has marked its transaction, and cannot be voided by it', async () => {
    const reservationId = await studio.start(customerId, method, { idempotency })
    const call = { customerId, reservationId }
    await studio.billing.markBroadcast(call, transaction('AA'))
    await studio.billing.markBroadcast(call, transaction('AA'))
    expect(await errorOf(studio.billing.void(call))).toMatchObject({ code: 'outcome_pending', status: 409 })
    expect(await counts()).toEqual({ used: 0, held: 1 })
    await storeThing(studio, call)
    const answer = { ok: true, body: '1' }
    expect(await studio.billing.settle({ ...call, answer })).toEqual({ reservationId, state: 'settled' })
    expect(await counts()).toEqual({ used: 1, held: 0 })
    expect(await repeat()).toEqual({ decision: 'replayed', answer })
    expect((await stateOf(reservationId)).transactions).toHaveLength(1)
  })

  it('marks nothing once it has been given up, or taken over', async () => {
    const ended = { customerId, reservationId: await studio.start(customerId, method) }
    await studio.billing.void(ended)
    expect(await errorOf(studio.billing.markBroadcast(ended, transaction('AA')))).toMatchObject({
      code: 'reservation_ended',
    })
    const taken = { customerId, reservationId: await dying.start(customerId, method) }
    await dying.billing.markBroadcast(taken, transaction('BB'))
    await buryOthers(studio)
    await studio.billing.recover()
    expect(await errorOf(dying.billing.markBroadcast(taken, transaction('CC')))).toMatchObject({
      code: 'reservation_ended',
    })
    const none = { customerId: 'bob', reservationId: taken.reservationId }
    expect(await errorOf(studio.billing.markBroadcast(none, transaction('DD')))).toMatchObject({ code: 'not_found' })
    expect((await stateOf(taken.reservationId)).transactions.map(({ txHash }) => txHash)).toEqual(['BB'])
  })

  it('is marked by its own customer alone', async () => {
    const call = { customerId, reservationId: await studio.start(customerId, method) }
    const others = { ...call, customerId: 'bob' }
    expect(await errorOf(studio.billing.markBroadcast(others, transaction('AA')))).toMatchObject({ code: 'not_found' })
    expect(await stateOf(call.reservationId)).toMatchObject({ state: 'reserved', transactions: [] })
  })

  it('refuses what is no transaction', async () => {
    const call = { customerId, reservationId: await studio.start(customerId, method) }
    for (const more of [
      { txHash: '' },
      { sender: '\n' },
      { sequence: '-1' },
      { timeoutHeight: 'x' },
      { network: '' },
    ]) {
      expect(await errorOf(studio.billing.markBroadcast(call, transaction('AA', more)))).toMatchObject({ status: 400 })
    }
    expect((await stateOf(call.reservationId)).state).toBe('reserved')
  })

  it('tells at once how a call stands that has failed', async () => {
    await studio.close()
    studio = await open({ recovery: 'automatic' })
    studio.billing.startRecovery()
    const fail = async (hash: string) => {
      const call = { customerId, reservationId: await studio.start(customerId, method) }
      await studio.billing.markBroadcast(call, transaction(hash))
      return studio.billing.leaveToOutcome(call)
    }
    chain.answer('AA', SETTLED)
    chain.answer('BB', { outcome: 'voided', reason: 'failed' })
    expect(await fail('AA')).toMatchObject({ state: 'settled', made: [DID] })
    expect(await fail('BB')).toMatchObject({ state: 'voided', made: [] })
    expect(await fail('CC')).toMatchObject({ state: 'broadcast', transaction: { network: 'testnet', txHash: 'CC' } })
    expect(await counts()).toEqual({ used: 1, held: 1 })
  })
})
