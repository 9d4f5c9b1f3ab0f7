import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { AccountBalances } from '@veramo-studio/account-manager'
import type { Reservation, ReservationPage } from '@veramo-studio/billing-manager'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { writeChainAgentFile } from './agents/agent-file.js'
import { decide, didOf, letChain, wasAskedFor, wasSent } from './agents/pretended-chain.js'
import type { ServiceProcess } from './agents/service-process.js'
import {
  callService,
  countAnswers,
  DID_PRICE_NCHEQ,
  didNamedBy,
  newRemoteCustomer,
  operate,
  payFor,
  remoteBooks,
  remoteDids,
  remoteUsage,
  type Answer,
  type RemoteCustomer,
} from './faults/service-client.js'
import { expectNothingHeld, startedServices, stepsOf, strikable, strikeAt } from './faults/services.js'

const SOAKING = process.env['SOAK'] === '1'
const LIMIT_MS = SOAKING ? 1_200_000 : 180_000
/** How many calls a customer's money pays for, after the one that the plan gives. */
const PAID = 3

/** The steps of a call, and after which of them what it does is there to stay. */
interface Course {
  steps: string[]
  reserved: number
  keyStored: number
  didStored: number
  settled: number
}

describeOnEachDatabase('a server that is killed at a step of a call', (fresh) => {
  const services = startedServices(afterAll)
  const directory = temporaryDirectory()
  let service: ServiceProcess
  let calls = 0

  beforeAll(async () => {
    const agentFile = writeChainAgentFile(directory)
    const variables = strikable(join(directory, 'control'))
    const [started] = await services.start(await fresh(), 1, { variables, agentFile })
    service = started as ServiceProcess
  }, LIMIT_MS)

  const call = (customer: RemoteCustomer, idempotencyKey: string, method = 'didManagerCreate') =>
    callService(service, { ...customer, idempotencyKey }, [method, {}])

  /** One whose next call is paid for with money. */
  async function payingCustomer(): Promise<RemoteCustomer> {
    const customer = await newRemoteCustomer(service)
    await payFor(service, customer, PAID)
    expect(await call(customer, 'first')).toMatchObject({ status: 200 })
    return customer
  }

  /** Has a call killed with its server, and starts another on the same data. */
  async function killAt(step: string, send: () => Promise<Answer>): Promise<void> {
    await strikeAt(service, { step, signal: 'SIGKILL' })
    const answer = await send().catch(() => undefined)
    expect([step, answer]).toEqual([step, undefined])
    expect([step, await service.ended()]).toEqual([step, 'SIGKILL'])
    await service.start()
  }

  async function reservations({ customerId }: RemoteCustomer, state: string): Promise<Reservation[]> {
    return (await operate<ReservationPage>(service, 'billingManagerListReservations', { customerId, state })).items
  }

  /** Units, money, reservations and books all say that so many calls were made. */
  async function expectPaidFor(customer: RemoteCustomer, used: number): Promise<void> {
    expect(await remoteUsage(service, customer)).toMatchObject({ used, held: 0 })
    expect(await reservations(customer, 'open')).toEqual([])
    expect(await reservations(customer, 'settled')).toHaveLength(used)
    const { customerId } = customer
    const { balances } = await operate<AccountBalances>(service, 'accountManagerGetBalances', { customerId })
    const credit = balances.find(({ source, network }) => source === 'credit' && network === 'mainnet')
    const left = BigInt(PAID - (used - 1)) * DID_PRICE_NCHEQ
    expect([credit?.available.amount, credit?.held.amount]).toEqual([String(left), '0'])
    expect(await remoteBooks(service)).toMatchObject({ valid: true })
  }

  async function recordCourse(): Promise<Course> {
    const customer = await payingCustomer()
    const steps = await stepsOf(service, () => call(customer, 'second'))
    const commitAfter = (table: string) => {
      const stored = steps.indexOf(`after INSERT ${table} #1`)
      const commit = steps.findIndex((step, index) => index > stored && step.startsWith('after COMMIT'))
      if (stored < 0 || commit < 0) throw new Error(`${table} is not stored: ${steps.join(', ')}`)
      return commit
    }
    const settled = steps.length - 1
    expect(steps[settled]).toMatch(/^after COMMIT/)
    return {
      ...{ steps, settled, reserved: commitAfter('studio_reservation') },
      ...{ keyStored: commitAfter('studio_key'), didStored: commitAfter('studio_did') },
    }
  }

  it(
    'leaves nothing held, and its client that asks again gets the one DID, for one price',
    async () => {
      const course = await recordCourse()
      const { steps, reserved, keyStored, didStored, settled } = course
      // Before and after the commits that set aside and that pay, and between the rows of the key and of the DID.
      const telling = [reserved - 1, reserved, keyStored, settled - 1, settled]
      for (const place of SOAKING ? steps.keys() : telling) {
        const step = steps[place] as string
        const customer = await payingCustomer()
        const idempotencyKey = `call-${(calls += 1)}`
        await killAt(step, () => call(customer, idempotencyKey))
        await expectNothingHeld(service, customer)

        const isStored = place >= didStored
        const made = await remoteDids(service, customer)
        expect([step, made.length]).toEqual([step, isStored ? 2 : 1])
        await expectPaidFor(customer, made.length)

        const again = await call(customer, idempotencyKey)
        const isLost = isStored && place < settled
        expect([step, countAnswers([again])]).toEqual([step, { [isLost ? '409 answer_lost' : '200']: 1 }])
        const after = await remoteDids(service, customer)
        expect([step, after.length]).toEqual([step, 2])
        expect(after).toEqual(expect.arrayContaining([...made, didNamedBy(again)]))
        expect(didNamedBy(again)).not.toBe(didNamedBy(await call(customer, 'first')))
        expect(await call(customer, idempotencyKey)).toEqual(again)
        await expectPaidFor(customer, 2)
      }
    },
    LIMIT_MS,
  )

  it(
    'leaves a transaction that may have been sent to the chain, which alone decides what is paid',
    async () => {
      const [sender, struck] = [await payingCustomer(), await payingCustomer()]
      letChain(directory, 'stall')
      const sending = call(sender, 'sent', 'writeToChain').catch(() => undefined)
      const sent = await markedBy(sender)
      while (!wasSent(directory, sent)) await sleep(10)
      // The first commit is that of the reservation, the second that of the mark.
      await killAt('after COMMIT #2', () => call(struck, 'unsent', 'writeToChain'))
      expect(await sending).toBeUndefined()
      const unsent = await markedBy(struck)
      expect(wasSent(directory, unsent)).toBe(false)

      for (const txHash of [sent, unsent]) while (!wasAskedFor(directory, txHash)) await sleep(50)
      for (const [customer, key, txHash] of [
        [sender, 'sent', sent],
        [struck, 'unsent', unsent],
      ] as const) {
        expect(await remoteUsage(service, customer)).toMatchObject({ used: 1, held: 1 })
        expect(await markedBy(customer)).toBe(txHash)
        expect(await call(customer, key, 'writeToChain')).toMatchObject({
          ...{ status: 409, body: { code: 'outcome_pending', transaction: { network: 'testnet', txHash } } },
        })
      }
      expect(await remoteBooks(service)).toMatchObject({ valid: true })

      const did = didOf(sent)
      decide(directory, sent, { outcome: 'settled', made: [{ kind: 'did', id: did }] })
      decide(directory, unsent, { outcome: 'voided', reason: 'timed_out' })
      for (const customer of [sender, struck]) await expectNothingHeld(service, customer, LIMIT_MS)
      await expectPaidFor(sender, 2)
      await expectPaidFor(struck, 1)

      expect(didNamedBy(await call(sender, 'sent', 'writeToChain'))).toBe(did)
      letChain(directory, 'go on')
      const again = await call(struck, 'unsent', 'writeToChain')
      expect(again).toMatchObject({ status: 200 })
      expect(await call(struck, 'unsent', 'writeToChain')).toEqual(again)
      for (const customer of [sender, struck]) await expectPaidFor(customer, 2)
    },
    LIMIT_MS,
  )

  /** The hash of the one transaction that a customer's call has marked, and that nobody knows the end of. */
  async function markedBy(customer: RemoteCustomer): Promise<string> {
    for (;;) {
      const [marked, ...others] = await reservations(customer, 'broadcast')
      if (marked !== undefined) {
        expect(others).toEqual([])
        expect(marked.transactions).toHaveLength(1)
        return marked.transactions[0]?.txHash as string
      }
      await sleep(20)
    }
  }
})
