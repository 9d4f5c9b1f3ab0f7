import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { OPERATOR_TENANT_ID, runAsPrincipal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { Account, AccountManagerUpdateArgs } from '../index.js'
import { openAccountManager, type OpenedAccountManager } from './open-account-manager.js'

describeOnEachDatabase('accountManagerUpdate', (fresh) => {
  let url: string
  let opened: OpenedAccountManager
  let ada: Account
  let count = 0

  beforeAll(async () => {
    url = await fresh()
    opened = await openAccountManager(url)
  })

  beforeEach(async () => {
    ada = await opened.agent.accountManagerCreate({ name: 'Ada', email: `ada${(count += 1)}@example.com` })
  })

  afterAll(() => opened.database.close())

  const update = (args: AccountManagerUpdateArgs) =>
    opened.agent.accountManagerUpdate({ customerId: ada.customerId, ...args })
  const read = (customerId = ada.customerId) => opened.agent.accountManagerGet({ customerId })
  const asCustomer = (account: Account) => ({
    ...{ tenantId: account.customerId, role: 'customer' as const, keyId: 'k' },
    ...{ permissions: ['*'], environment: 'live' as const },
  })

  it('changes the name, the e-mail address, or both, and nothing else', async () => {
    expect(await update({ name: '  Ada L. ' })).toEqual({ ...ada, name: 'Ada L.' })
    expect(await update({ email: `New${count}@Example.com` })).toEqual({
      ...{ ...ada, name: 'Ada L.', email: `New${count}@Example.com` },
    })
    const both = await update({ name: 'A', email: `both${count}@example.com` })
    expect(both).toEqual({ ...ada, name: 'A', email: `both${count}@example.com` })
    expect(await read()).toEqual(both)
    const more = { name: 'B', plan: 'build', status: 'closed', createdAt: '2000-01-01T00:00:00.000Z' }
    expect(await update(more)).toEqual({ ...both, name: 'B' })
  })

  it('takes an e-mail address away, for others to take', async () => {
    expect(await update({ email: null })).toEqual({ ...ada, email: null })
    expect(await update({ email: null })).toEqual({ ...ada, email: null })
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob', email: String(ada.email) })
    expect(bob.email).toBe(ada.email)
    await expect(update({ email: ada.email })).rejects.toMatchObject({ code: 'email_taken', status: 409 })
  })

  it('refuses an e-mail address of another account, whatever its case, and takes one’s own in another', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob', email: `bob${count}@example.com` })
    const taken = update({ name: 'Never', email: ` BOB${count}@Example.com ` })
    await expect(taken).rejects.toMatchObject({ code: 'email_taken', status: 409 })
    expect(await read()).toEqual(ada)
    expect(await update({ email: String(ada.email).toUpperCase() })).toMatchObject({
      email: String(ada.email).toUpperCase(),
    })
    expect(await read(bob.customerId)).toEqual(bob)
  })

  it('lets names be the same', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    expect(await update({ name: bob.name })).toMatchObject({ name: 'Bob' })
  })

  it('gives an e-mail address to one of many, of several processes, that ask for it at once', async () => {
    const other = await openAccountManager(url)
    const customers = await Promise.all(
      Array.from({ length: 12 }, () => opened.agent.accountManagerCreate({ name: 'racer' })),
    )
    const email = `race${count}@example.com`
    const outcomes = await Promise.allSettled(
      customers.map(({ customerId }, index) =>
        (index % 2 === 0 ? opened : other).agent.accountManagerUpdate({ customerId, email }),
      ),
    )
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as object] : []))
    expect(refusals).toHaveLength(11)
    for (const reason of refusals) expect(reason).toMatchObject({ code: 'email_taken' })
    const { items } = await opened.agent.accountManagerList({ email })
    expect(items).toHaveLength(1)
    await other.database.close()
  })

  it('lets a customer change itself and nobody else', async () => {
    const bob = await opened.agent.accountManagerCreate({ name: 'Bob' })
    const own = await runAsPrincipal(asCustomer(ada), () => opened.agent.accountManagerUpdate({ name: 'Me' }))
    expect(own).toMatchObject({ customerId: ada.customerId, name: 'Me' })
    for (const customerId of [bob.customerId, 'nobody', OPERATOR_TENANT_ID]) {
      const other = runAsPrincipal(asCustomer(ada), () => opened.agent.accountManagerUpdate({ customerId, name: 'X' }))
      await expect(other).rejects.toThrow('not_found: customer not found')
    }
    expect(await read(bob.customerId)).toEqual(bob)
  })

  it.each<[string, object]>([
    ['nothing', {}],
    ['a reason alone', { reason: 'because' }],
    ['an empty name', { name: ' ' }],
    ['a name of 101 characters', { name: 'x'.repeat(101) }],
    ['no name', { name: null }],
    ['an e-mail address that is none', { email: 'ada' }],
    ['an empty e-mail address', { email: '' }],
    ['an e-mail address that is a list', { email: ['ada@example.com'] }],
    ['a reason with a control character', { name: 'A', reason: 'a\u0000' }],
  ])('refuses %s', async (_what, args) => {
    const { uncheckedAgent } = opened
    const refused = uncheckedAgent.accountManagerUpdate({ customerId: ada.customerId, ...args })
    await expect(refused).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await read()).toEqual(ada)
  })

  it.each(['c00000000000000000000', OPERATOR_TENANT_ID, 'a\u0000b'])('does not find %j', async (customerId) => {
    await expect(update({ customerId, name: 'A' })).rejects.toMatchObject({ code: 'not_found', status: 404 })
  })
})
