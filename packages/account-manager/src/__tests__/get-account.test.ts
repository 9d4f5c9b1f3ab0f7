import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { OPERATOR_TENANT_ID, runAsPrincipal, runInTenant, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, PlanDirectory } from '../index.js'
import { AccountRow } from '../typeorm/account-row.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

const principal = (role: Principal['role'], tenantId: string): Principal => ({
  tenantId,
  role,
  permissions: ['*'],
  environment: 'live',
})

describeOnEachDatabase('accountManagerGet', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let ada: Account
  let bob: Account

  beforeEach(async () => {
    url = await fresh()
    opened = await openAccountManager(url)
    ada = await opened.agent.accountManagerCreate({ name: 'Ada', email: 'ada@example.com' })
    bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
  })

  afterEach(() => opened.database.close())

  const get = (customerId?: string) => opened.agent.accountManagerGet(customerId === undefined ? {} : { customerId })

  it('gives a customer its own account, named or not', async () => {
    const asAda = principal('customer', ada.customerId)
    expect(await runAsPrincipal(asAda, () => get())).toEqual(ada)
    expect(await runAsPrincipal(asAda, () => get(ada.customerId))).toEqual(ada)
  })

  it('answers another customer and none at all with the same words', async () => {
    const asAda = principal('customer', ada.customerId)
    const messages = await Promise.all(
      [bob.customerId, 'c00000000000000000000'].map((customerId) =>
        runAsPrincipal(asAda, () => get(customerId)).then(
          () => 'found',
          (error: Error) => error.message,
        ),
      ),
    )
    expect(messages).toEqual(['not_found: customer not found', 'not_found: customer not found'])
    await expect(get('c00000000000000000000')).rejects.toThrow('not_found: customer not found')
  })

  it('gives an operator the customer that it names or acts for', async () => {
    expect(await get(bob.customerId)).toEqual(bob)
    expect(await runAsPrincipal(principal('operator', OPERATOR_TENANT_ID), () => get(bob.customerId))).toEqual(bob)
    expect(await runAsPrincipal(principal('operator', bob.customerId), () => get())).toEqual(bob)
  })

  it('asks an operator to name a customer', async () => {
    await expect(get()).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('says not found in a tenant that has no account', async () => {
    await expect(runInTenant('somebody', () => get())).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })

  it('gives the same account after a restart', async () => {
    await opened.database.close()
    opened = await openAccountManager(url)
    expect(await get(ada.customerId)).toEqual(ada)
  })

  it('shows the plan that a customer was put on, else the one that it was made with', async () => {
    await opened.database.close()
    const plans: PlanDirectory = {
      planOf: async (manager, tenantId) => {
        const known = await manager.existsBy(AccountRow, { tenantId })
        return known && tenantId === bob.customerId ? 'build' : undefined
      },
    }
    opened = await openAccountManager(url, { plans })
    expect(await get(bob.customerId)).toEqual({ ...bob, plan: 'build' })
    expect(await get(ada.customerId)).toEqual(ada)
    const { items } = await opened.agent.accountManagerList({})
    expect(items.map(({ name, plan }) => `${name} ${plan}`).sort()).toEqual(['Ada trial', 'Bob build'])
  })
})
