import { beforeAll, expect, it, jest } from '@jest/globals'
import type { Account } from '@veramo-studio/account-manager'
import type {
  BillingGrant,
  BillingPlan,
  BillingUsage,
  ReservationPage,
  ReserveDecision,
} from '@veramo-studio/billing-manager'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { freshEnvironment } from './agents/environment.js'
import { Operator, recordOf, rowsOf } from './agents/operator-commands.js'
import { ServiceProcess } from './agents/service-process.js'

/** A test runs several commands, one after another. */
jest.setTimeout(120_000)

describeOnEachDatabase('the commands on plans, grants and reservations', (fresh) => {
  let operator: Operator
  let environment: Record<string, string>
  let customerId: string

  beforeAll(async () => {
    environment = await freshEnvironment(await fresh())
    operator = new Operator(environment)
    await operator.lines('init')
    customerId = (await operator.json<Account>('accounts', 'create', '--name', 'Acme')).customerId
  })

  it('show a plan with all its limits, and one that there is not', async () => {
    const lines = await operator.lines('plans', 'show', 'trial')
    expect(recordOf(lines)).toMatchObject({ plan: 'trial', version: '1', period: '30 days, once', then: '-' })
    expect(rowsOf(lines.slice(6)).map((row) => row.slice(0, 5))).toContainEqual([
      'did.create',
      'trial',
      '20',
      'no',
      '0',
    ])
    expect(await operator.json<BillingPlan>('plans', 'show', 'build')).toMatchObject({ plan: 'build', trialDays: null })
    expect(await operator.refusal('plans', 'show', 'none')).toMatch(/^plan_unknown: /)
  })

  it('put a customer on another plan', async () => {
    const usage = await operator.json<BillingUsage>('plans', 'set', customerId, 'build')
    expect(usage).toMatchObject({ plan: 'build' })
    const back = recordOf(await operator.lines('plans', 'set', customerId, 'trial', '--effective', 'now'))
    expect(back).toMatchObject({ plan: 'trial' })
    expect(await operator.refusal('plans', 'set', customerId, 'none')).toMatch(/^plan_unknown: /)
    expect(await operator.refusal('plans', 'set', 'nobody', 'build')).toMatch(/^not_found: /)
    const { code, stderr } = await operator.run('plans', 'set', customerId, 'build', '--effective', 'never')
    expect([code, stderr]).toEqual([1, expect.stringContaining('Allowed choices are now, period_end')])
  })

  it('give units once for a key, and list what is left of them', async () => {
    const create = (units: string) => [
      ...['grants', 'create', customerId, '--meter', 'did.create', '--units', units, '--reason', 'welcome'],
      ...['--priority', '5', '--expires-at', '2100-01-01T00:00:00Z', '--key', 'g1'],
    ]
    const grant = recordOf(await operator.lines(...create('10')))
    expect(grant).toMatchObject({ meter: 'did.create', units: '10', priority: '5', reason: 'welcome' })
    expect(await operator.json<BillingGrant>(...create('10'))).toMatchObject({ grantId: grant['grant'] })
    expect(await operator.refusal(...create('11'))).toMatch(/^idempotency_conflict: /)
    expect(await operator.refusal(...create('many').slice(0, -2), '--key', 'g2')).toMatch(/^invalid_argument: /)
    const listed = rowsOf(await operator.lines('grants', 'list', customerId))
    expect(listed.map((row) => row.slice(0, 5))).toEqual([[grant['grant'], 'did.create', '10', '10', '5']])
    const others = await operator.json<{ items: [] }>('grants', 'list', customerId, '--meter', 'credential.issue')
    expect(others).toEqual({ items: [] })
    const unkeyed = await operator.lines(...create('1').slice(0, -2))
    expect(unkeyed[0]).toMatch(/^idempotency key: \w{24}$/)
  })

  it('list what is open, and end it by hand, once', async () => {
    const service = new ServiceProcess(environment)
    await service.start()
    try {
      const response = await fetch(`${service.baseUrl}/agent/billingManagerReserve`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': service.operatorToken },
        body: JSON.stringify({ customerId, method: 'didManagerCreate', args: {} }),
      })
      const { reservationId = '' } = (await response.json()) as ReserveDecision
      const open = rowsOf(await operator.lines('reservations', 'list'))
      expect(open.map((row) => row.slice(0, 6))).toEqual([
        [reservationId, customerId, 'didManagerCreate', 'did.create', '1', 'reserved'],
      ])
      const args = ['reservations', 'resolve', customerId, reservationId, '--reason', 'a test', '--outcome']
      expect(recordOf(await operator.lines(...args, 'settled'))).toEqual({
        reservation: reservationId,
        state: 'settled',
      })
      expect(await operator.refusal(...args, 'voided')).toMatch(/^reservation_ended: /)
      const list = ['reservations', 'list', '--customer', customerId, '--state']
      expect((await operator.json<ReservationPage>(...list, 'settled')).items).toMatchObject([
        { reservationId, resolution: { outcome: 'settled', reason: 'a test', resolvedBy: null } },
      ])
    } finally {
      await service.stop()
    }
  })
})
