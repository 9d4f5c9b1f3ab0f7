import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import { kitErrors, runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { errorOf, openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('a key that has a budget', (fresh) => {
  let studio: Studio
  let url: string
  /** The keys that billing knows a budget of. */
  const bounded = new Set<string>()
  let isBillingGone = false
  const billing: IAgentPlugin = {
    methods: {
      billingManagerGetKeyBudgets: async ({ keyId }: { keyId: string }) => {
        if (isBillingGone) throw kitErrors.store_unavailable('gone')
        return { items: bounded.has(await budgetKeyOf(keyId)) ? [{}] : [] }
      },
    },
  }

  beforeEach(async () => {
    bounded.clear()
    isBillingGone = false
    url = await fresh()
    studio = await openStudio(url, { plugins: [billing] })
  })
  afterEach(() => studio.database.close())

  const budgetKeyOf = async (keyId: string) => (await studio.agent.apiKeyManagerGetBudgetKey({ keyId })).budgetKeyId
  const callerOf = async (token: string): Promise<Principal> => {
    const { principal } = await studio.agent.apiKeyManagerVerify({ token })
    if (principal === undefined) throw new Error('not valid')
    return principal
  }
  const root = () => principalOf(studio, { customerId: 'alice', name: 'root' })

  it('makes keys that draw on it, as do the keys that these make and are rotated into', async () => {
    const maker = await root()
    bounded.add(maker.keyId ?? '')
    const child = await studio.create({ name: 'child' }, maker)
    const grandchild = await studio.create({ name: 'grandchild' }, await callerOf(child.token))
    const rotated = await runAsPrincipal(maker, () =>
      studio.agent.apiKeyManagerRotate({ keyId: grandchild.apiKey.keyId }),
    )
    for (const { apiKey } of [child, grandchild, rotated]) expect(await budgetKeyOf(apiKey.keyId)).toBe(maker.keyId)
    // Rate limits are another thing: they go by the rotation.
    expect((await callerOf(child.token)).rootKeyId).toBeUndefined()
    expect((await callerOf(rotated.token)).rootKeyId).toBe(grandchild.apiKey.keyId)
  })

  it('makes keys that draw on the first key of its rotation', async () => {
    const first = await studio.create({ customerId: 'alice', name: 'first' })
    bounded.add(first.apiKey.keyId)
    const second = await studio.agent.apiKeyManagerRotate({ keyId: first.apiKey.keyId })
    const child = await studio.create({ name: 'child' }, await callerOf(second.token))
    expect(await budgetKeyOf(child.apiKey.keyId)).toBe(first.apiKey.keyId)
  })

  it('changes and rotates none that does not draw on it, but ends it', async () => {
    const maker = await root()
    const free = await studio.create({ customerId: 'alice', name: 'free' })
    bounded.add(maker.keyId ?? '')
    const { keyId } = free.apiKey
    const changes: (() => Promise<unknown>)[] = [
      () => studio.agent.apiKeyManagerRotate({ keyId }),
      () => studio.agent.apiKeyManagerUpdate({ keyId, name: 'mine' }),
    ]
    for (const change of changes) {
      expect(await errorOf(runAsPrincipal(maker, change))).toMatchObject({ code: 'permission_denied', status: 403 })
    }
    const own = { keyId: maker.keyId ?? '' }
    await runAsPrincipal(maker, () => studio.agent.apiKeyManagerUpdate({ ...own, name: 'renamed' }))
    await runAsPrincipal(maker, () => studio.agent.apiKeyManagerRevoke({ keyId }))
  })

  it('is asked for by no operator, and by no key that has none', async () => {
    const maker = await root()
    const child = await studio.create({ name: 'child' }, maker)
    expect(await budgetKeyOf(child.apiKey.keyId)).toBe(child.apiKey.keyId)
    bounded.add(maker.keyId ?? '')
    const operator = await principalOf(studio, { customerId: 'operator', name: 'boss' })
    const given = await studio.create({ customerId: 'alice', name: 'given' }, operator)
    expect(await budgetKeyOf(given.apiKey.keyId)).toBe(given.apiKey.keyId)
    await runAsPrincipal(operator, () => studio.agent.apiKeyManagerRotate({ keyId: maker.keyId ?? '' }))
  })

  it('makes none where it cannot be found out', async () => {
    const maker = await root()
    isBillingGone = true
    expect(await errorOf(studio.create({ name: 'child' }, maker))).toMatchObject({ code: 'store_unavailable' })
    expect((await studio.agent.apiKeyManagerList({ customerId: 'alice' })).items).toHaveLength(1)
  })

  it('goes on to bind its keys when it is gone, and in every process', async () => {
    const maker = await root()
    bounded.add(maker.keyId ?? '')
    const child = await studio.create({ name: 'child' }, maker)
    await studio.agent.apiKeyManagerRevoke({ keyId: maker.keyId ?? '' })
    const other = await openStudio(url, { plugins: [billing] })
    const { keyId } = child.apiKey
    expect(await other.agent.apiKeyManagerGetBudgetKey({ keyId })).toEqual({ keyId, budgetKeyId: maker.keyId })
    const strangers = () => other.agent.apiKeyManagerGetBudgetKey({ keyId, customerId: 'bob' })
    expect(await errorOf(strangers())).toMatchObject({ code: 'not_found' })
    await other.database.close()
  })
})
