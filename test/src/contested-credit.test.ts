import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ServiceProcess } from './agents/service-process.js'
import { TRIAL_DIDS } from './agents/usage.js'
import {
  callService,
  countAnswers,
  didNamedBy,
  newRemoteCustomer,
  payFor,
  remoteBooks,
  remoteDids,
  remoteUsage,
  unexpectedAnswers,
  type Answer,
  type RemoteCustomer,
} from './faults/service-client.js'
import { expectNothingHeld, startedServices } from './faults/services.js'

const SOAKING = process.env['SOAK'] === '1'
const PAID = SOAKING ? 400 : 25
const CALLERS = SOAKING ? 2000 : 80

describeOnEachDatabase('what several servers sell at once', (fresh, engine) => {
  const services = startedServices(afterAll)
  let servers: [ServiceProcess, ServiceProcess, ...ServiceProcess[]]

  beforeAll(async () => {
    servers = (await services.start(await fresh(), engine === 'postgres' ? 4 : 2)) as typeof servers
  }, 120_000)

  /** Callers that all want a DID at once, each with a key of its own, spread over the servers. */
  function want(customer: RemoteCustomer, keys: readonly string[]): Promise<Answer | undefined>[] {
    return keys.map(async (idempotencyKey, index) => {
      const service = servers[index % servers.length] as ServiceProcess
      try {
        return await callService(service, { ...customer, idempotencyKey }, ['didManagerCreate', {}])
      } catch {
        // Its server was killed.
        return undefined
      }
    })
  }
  const keysOf = (name: string, count = CALLERS) =>
    Array.from({ length: count }, (_unused, index) => `${name}-${index}`)

  it(
    'is sold exactly as often as plan and credit pay for it: the others are refused with 402, and nobody in another way',
    async () => {
      const [first, second] = servers
      const customer = await newRemoteCustomer(first)

      const ofPlan = await Promise.all(want(customer, keysOf('plan')))
      expect(countAnswers(ofPlan)).toEqual({ '200': TRIAL_DIDS, '402 limit_exhausted': CALLERS - TRIAL_DIDS })

      await payFor(first, customer, PAID)
      const ofCredit = await Promise.all(want(customer, keysOf('credit')))
      expect(countAnswers(ofCredit)).toEqual({ '200': PAID, '402 limit_exhausted': CALLERS - PAID })

      const answered = [...ofPlan, ...ofCredit].flatMap((answer) =>
        answer?.status === 200 ? [didNamedBy(answer)] : [],
      )
      expect(await remoteDids(second, customer)).toEqual(answered.sort())
      expect(await remoteUsage(second, customer)).toMatchObject({ used: TRIAL_DIDS + PAID, held: 0, remaining: 0 })
      expect(await remoteBooks(first)).toMatchObject({ valid: true })
    },
    SOAKING ? 600_000 : 120_000,
  )

  it(
    'is sold no more often where one of them is killed half-way, and what it leaves is sold to those who ask again',
    async () => {
      const [victim, survivor] = servers
      const customer = await newRemoteCustomer(victim)
      await payFor(victim, customer, PAID)
      const units = TRIAL_DIDS + PAID
      const keys = keysOf('call')

      const sent = want(customer, keys)
      while ((await remoteUsage(survivor, customer)).used < units / 3) await sleep(2)
      await victim.signal('SIGKILL')
      const answers = await Promise.all(sent)
      expect(unexpectedAnswers(answers, ['200', '402 limit_exhausted', 'none'])).toEqual({})
      expect(countAnswers(answers)['200']).toBeLessThanOrEqual(units)

      await victim.start()
      await expectNothingHeld(victim, customer)
      const made = await remoteDids(survivor, customer)
      expect(made.length).toBeLessThanOrEqual(units)
      expect(await remoteUsage(survivor, customer)).toMatchObject({ used: made.length })
      expect(made).toEqual(
        expect.arrayContaining(answers.flatMap((each) => (each?.status === 200 ? didNamedBy(each) : []))),
      )
      expect(await remoteBooks(survivor)).toMatchObject({ valid: true })

      const again = await Promise.all(want(customer, keys))
      const named = again.flatMap((each) => (each === undefined ? [] : (didNamedBy(each) ?? [])))
      expect(unexpectedAnswers(again, ['200', '402 limit_exhausted', '409 answer_lost'])).toEqual({})
      expect(countAnswers(again)['402 limit_exhausted']).toBe(CALLERS - units)
      expect(new Set(named).size).toBe(units)
      expect(await remoteDids(survivor, customer)).toEqual(named.sort())
      expect(await remoteUsage(survivor, customer)).toMatchObject({ used: units, held: 0, remaining: 0 })
      expect(await remoteBooks(victim)).toMatchObject({ valid: true })
    },
    SOAKING ? 600_000 : 120_000,
  )
})
