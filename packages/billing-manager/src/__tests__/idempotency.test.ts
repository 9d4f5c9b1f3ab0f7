import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { BillingManagerReserveArgs } from '../index.js'
import {
  DIGEST,
  errorOf,
  newCustomer,
  MODES,
  openStudio,
  sharedDatabase,
  OTHER_DIGEST,
  rowsOf,
  usageOf,
  type Studio,
} from './studio.js'

const ANSWER = { ok: true, body: '{"did":"did:example:first"}' }
const FAILURE = { ok: false, body: '{"code":"conflict","status":409}' }

describe.each(MODES)('$how', ({ alone }) => {
  describeOnEachDatabase('an idempotency key', (fresh) => {
    const shared = sharedDatabase(fresh)
    let studio: Studio
    let url: string
    let customerId: string
    const idempotency = { key: 'key-1', digest: DIGEST }
    let call: BillingManagerReserveArgs

    beforeEach(async () => {
      url = await shared()
      customerId = newCustomer()
      call = { customerId, method: 'didManagerCreate', idempotency }
      studio = await openStudio(url, { alone })
    })

    afterEach(() => studio.close())

    const keyRows = async () => (await rowsOf(studio, customerId))['idempotency'] as Record<string, unknown>[]
    const settleFirst = async (by = studio) => {
      const reservationId = await by.start(customerId, 'didManagerCreate', { idempotency })
      await by.agent.billingManagerSettle({ customerId, reservationId, answer: ANSWER })
      return reservationId
    }

    it('lets one of fifty calls at once pass, in two processes, and charges once', async () => {
      const other = await openStudio(url, { alone })
      const decisions = await Promise.all(
        Array.from({ length: 50 }, (_unused, index) => (index % 2 === 0 ? studio : other).reserve(call)),
      )
      expect(decisions.filter(({ decision }) => decision === 'reserved')).toHaveLength(1)
      const refusals = decisions.flatMap(({ refusal = [] }) => refusal)
      expect(refusals).toEqual(Array.from({ length: 49 }, () => ({ code: 'idempotency_running' })))
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ held: 1, remaining: 2 })
      expect(await studio.agent.billingManagerVerifyBooks({})).toMatchObject({ valid: true })
      await other.close()
    })

    it('gives the first answer again, also after a restart, and charges once', async () => {
      await settleFirst()
      const replayed = { decision: 'replayed', answer: ANSWER }
      expect(await studio.reserve(call)).toEqual(replayed)
      await studio.kill()
      studio = await openStudio(url, { alone })
      expect(await studio.reserve(call)).toEqual(replayed)
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 1, held: 0 })
    })

    it('gives the error again that an executed call ended with, and charges nothing', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate', { idempotency })
      await studio.agent.billingManagerVoid({ customerId, reservationId, answer: FAILURE })
      expect(await studio.reserve(call)).toEqual({ decision: 'replayed', answer: FAILURE })
      expect(await usageOf(studio, customerId, 'did.create')).toMatchObject({ used: 0, held: 0 })
    })

    it.each<[string, { method?: string; key?: string; by?: string }]>([
      ['another key', { key: 'key-2' }],
      ['the same key of another method', { method: 'cheqdCreate' }],
      ['the same key of another customer', { by: newCustomer() }],
    ])('is kept apart from %s, however either ends', async (_what, { method = call.method, key = 'key-1', by }) => {
      const other = { customerId: by ?? customerId, method, idempotency: { key, digest: DIGEST } }
      const running = { decision: 'refused', refusal: { code: 'idempotency_running' } }
      const first = { customerId, reservationId: await studio.start(customerId, call.method, { idempotency }) }
      const start = async () => ({
        customerId: other.customerId,
        reservationId: await studio.start(other.customerId, method, other),
      })
      const second = await start()
      await studio.agent.billingManagerVoid(second)
      expect(await studio.reserve(call)).toEqual(running)
      const third = await start()
      await studio.agent.billingManagerSettle({ ...first, answer: ANSWER })
      expect(await studio.reserve(other)).toEqual(running)
      await studio.agent.billingManagerVoid({ ...third, answer: FAILURE })
      expect(await studio.reserve(call)).toEqual({ decision: 'replayed', answer: ANSWER })
      expect(await studio.reserve(other)).toEqual({ decision: 'replayed', answer: FAILURE })
    })

    it('is free again after a call that was not executed', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate', { idempotency })
      await studio.agent.billingManagerVoid({ customerId, reservationId })
      expect(await keyRows()).toEqual([])
      expect((await studio.reserve({ ...call, idempotency: { key: 'key-1', digest: OTHER_DIGEST } })).decision).toBe(
        'reserved',
      )
    })

    it('is refused with other arguments, while the first call runs and after it, and changes nothing', async () => {
      const changed = { ...call, idempotency: { key: 'key-1', digest: OTHER_DIGEST } }
      const refused = { decision: 'refused', refusal: { code: 'idempotency_mismatch' } }
      await studio.start(customerId, 'didManagerCreate', { idempotency })
      const before = await rowsOf(studio, customerId)
      expect(await studio.reserve(changed)).toEqual(refused)
      expect(await rowsOf(studio, customerId)).toEqual(before)
      const reservationId = (before['reservation'] as { reservationId: string }[])[0]?.reservationId ?? ''
      await studio.agent.billingManagerSettle({ customerId, reservationId, answer: ANSWER })
      expect(await studio.reserve(changed)).toEqual(refused)
    })

    it('is not used up by a denial', async () => {
      for (let count = 0; count < 3; count += 1) await studio.start(customerId, 'didManagerCreate')
      expect((await studio.reserve(call)).decision).toBe('denied')
      expect(await keyRows()).toEqual([])
      await studio.pay(customerId, 'credit:mainnet', 100n)
      expect((await studio.reserve(call)).decision).toBe('reserved')
    })

    it('counts for one customer and one method', async () => {
      await settleFirst()
      const others = [
        { ...call, customerId: newCustomer() },
        { ...call, method: 'createVerifiableCredential' },
        { ...call, idempotency: { key: 'key-2', digest: DIGEST } },
      ]
      for (const other of others) expect((await studio.reserve(other)).decision).toBe('reserved')
    })

    it('does not matter to a free method', async () => {
      expect(await studio.reserve({ ...call, method: 'resolveDid' })).toEqual({ decision: 'free' })
      expect(await keyRows()).toEqual([])
    })

    it('keeps no secret: the repeated call hears that the answer is withheld', async () => {
      const secret = { ...call, method: 'apiKeyManagerCreate' }
      const { reservationId = '' } = await studio.reserve(secret)
      const answer = { ok: true, body: '{"token":"vs_live_secret"}' }
      await studio.agent.billingManagerSettle({ customerId, reservationId, answer })
      expect(await studio.reserve(secret)).toEqual({ decision: 'refused', refusal: { code: 'answer_withheld' } })
      expect(await keyRows()).toMatchObject([{ state: 'withheld', sealedAnswer: null, answerDigest: null }])
    })

    it('keeps the answer sealed, and opens it for its own key alone', async () => {
      await settleFirst()
      const [row] = await keyRows()
      expect(JSON.stringify(row)).not.toContain('did:example:first')
      expect(row).toMatchObject({ state: 'answered', answerDigest: expect.stringMatching(/^[0-9a-f]{64}$/) })
      const moved = `UPDATE "studio_idempotency" SET "idempotencyKey" = 'key-9' WHERE "tenantId" = '${customerId}'`
      await studio.database.write((manager) => manager.query(moved), { acrossTenants: true })
      const again = studio.reserve({ ...call, idempotency: { key: 'key-9', digest: DIGEST } })
      await expect(again).rejects.toThrow('sealed for another place')
    })

    it('keeps that there was an answer, where nobody can seal it', async () => {
      const other = await openStudio(await fresh(), { alone, sealsAnswers: false })
      await settleFirst(other)
      expect(await other.reserve(call)).toEqual({ decision: 'refused', refusal: { code: 'answer_withheld' } })
      await other.close()
    })

    it('settles and keeps the answer together, or neither', async () => {
      const answers = {
        seal: () => Promise.reject(new Error('no key')),
        open: () => Promise.reject(new Error('no key')),
      }
      const other = await openStudio(await fresh(), { alone, answers })
      const reservationId = await other.start(customerId, 'didManagerCreate', { idempotency })
      const settle = (answer?: typeof ANSWER) =>
        other.agent.billingManagerSettle({ customerId, reservationId, ...(answer && { answer }) })
      expect(await errorOf(settle(ANSWER))).toMatchObject({ message: 'no key' })
      expect(await usageOf(other, customerId, 'did.create')).toMatchObject({ used: 0, held: 1 })
      expect(await settle()).toMatchObject({ state: 'settled' })
      await other.close()
    })

    it('holds no answer that nobody gave', async () => {
      const reservationId = await studio.start(customerId, 'didManagerCreate', { idempotency })
      await studio.agent.billingManagerSettle({ customerId, reservationId })
      expect(await studio.reserve(call)).toEqual({ decision: 'refused', refusal: { code: 'answer_withheld' } })
    })
  })
})
