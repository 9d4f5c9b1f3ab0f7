import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { errorOf, openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerGet', (fresh) => {
  let studio: Studio
  let keyId: string

  beforeEach(async () => {
    studio = await openStudio(await fresh())
    keyId = (await studio.create({ customerId: 'alice', name: 'key' })).apiKey.keyId
  })

  afterEach(() => studio.database.close())

  const get = (customerId?: string, id = keyId) =>
    studio.agent.apiKeyManagerGet({ keyId: id, ...(customerId !== undefined && { customerId }) })

  it('answers its owner, and an operator who names the owner or nobody', async () => {
    const own = await runInTenant('alice', () => get())
    expect(own).toMatchObject({ keyId, customerId: 'alice', name: 'key', status: 'active' })
    const operator = await principalOf(studio, { customerId: 'operator', name: 'op' })
    expect(await runAsPrincipal(operator, () => get())).toEqual(own)
    expect(await runAsPrincipal(operator, () => get('alice'))).toEqual(own)
    expect(await runAsPrincipal({ ...operator, tenantId: 'alice' }, () => get())).toEqual(own)
    expect(await get()).toEqual(own)
  })

  it("answers the same of another customer's key and of one that does not exist", async () => {
    const none = 'A'.repeat(16)
    const expected = { code: 'not_found', status: 404, message: 'not_found: API key not found', extensions: {} }
    expect(await errorOf(runInTenant('bob', () => get()))).toEqual(expected)
    expect(await errorOf(runInTenant('bob', () => get(undefined, none)))).toEqual(expected)
    expect(await errorOf(get('bob'))).toEqual(expected)
    expect(await errorOf(get(undefined, none))).toEqual(expected)
    const named = await errorOf(runInTenant('bob', () => get('alice')))
    expect(await errorOf(runInTenant('bob', () => get('nobody', none)))).toEqual(named)
  })

  it("shows a customer no operator's key, and an operator who acts for a customer only that customer's", async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'op' })
    const own = operator.keyId ?? ''
    expect(await errorOf(runInTenant('alice', () => get(undefined, own)))).toMatchObject({ code: 'not_found' })
    const acting = { ...operator, tenantId: 'alice' }
    expect(await errorOf(runAsPrincipal(acting, () => get(undefined, own)))).toMatchObject({ code: 'not_found' })
  })

  it.each(['', '\u0000', 'x'.repeat(100_000), 'é'.repeat(16), `${'A'.repeat(16)}\n`])(
    'answers not found for %.10j, which no key can have for an id',
    async (id) => {
      expect(await errorOf(get(undefined, id))).toMatchObject({ message: 'not_found: API key not found' })
    },
  )

  it('tells ids apart by case', async () => {
    const swapped = Array.from(keyId, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    ).join('')
    expect(swapped).not.toBe(keyId)
    expect(await errorOf(get(undefined, swapped))).toMatchObject({ code: 'not_found' })
  })
})
