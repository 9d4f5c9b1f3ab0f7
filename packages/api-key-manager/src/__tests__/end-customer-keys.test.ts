import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { kitErrors, runAsPrincipal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { CustomerGate } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { errorOf, NOW, openStudio, principalOf, type Studio } from './studio.js'

const CLOSED_AT = '2030-03-02T00:00:00.000Z'

describeOnEachDatabase('the keys of a customer whose account is closed', (fresh) => {
  let studio: Studio
  let url: string
  const closed = new Set<string>()
  const customers: CustomerGate = {
    hold: async (_manager, tenantId) => {
      if (closed.has(tenantId)) throw kitErrors.account_closed('the account is closed')
    },
  }

  beforeEach(async () => {
    url = await fresh()
    closed.clear()
    studio = await openStudio(url, { customers })
  })

  afterEach(() => studio.database.close())

  const close = async (tenantId: string) => {
    const { database, manager: keys } = studio
    await database.write(
      async (manager) => {
        await keys.closeAccount(manager, { tenantId, closedAt: CLOSED_AT })
        closed.add(tenantId)
      },
      { tenantId },
    )
    keys.accountClosed(tenantId)
  }
  const codeOf = async (token: string) => (await studio.agent.apiKeyManagerVerify({ token })).code

  it('are revoked, all of them, and no other customer’s', async () => {
    const tokens: string[] = []
    for (const name of ['a', 'b', 'c']) tokens.push((await studio.create({ customerId: 'alice', name })).token)
    const { token: bobs } = await studio.create({ customerId: 'bob', name: 'key' })
    for (const token of tokens) expect(await codeOf(token)).toBe('valid')
    const early = await studio.create({ customerId: 'alice', name: 'early' })
    await studio.agent.apiKeyManagerRevoke({ keyId: early.apiKey.keyId })
    await close('alice')
    for (const token of tokens) expect(await codeOf(token)).toBe('revoked')
    expect(await codeOf(bobs)).toBe('valid')
    const rows = await studio.database.read((manager) => manager.findBy(ApiKeyRow, { tenantId: 'alice' }), {
      acrossTenants: true,
    })
    expect(rows.map(({ name, revokedAt, revokedReason }) => [name, revokedAt, revokedReason]).sort()).toEqual([
      ...['a', 'b', 'c'].map((name) => [name, CLOSED_AT, 'the account was closed']),
      ['early', NOW.toISOString(), null],
    ])
  })

  it('get no successors, whoever asks', async () => {
    const alice = await principalOf(studio, { customerId: 'alice', name: 'key' })
    await close('alice')
    for (const asking of [
      studio.create({ customerId: 'alice', name: 'late' }),
      runAsPrincipal(alice, () => studio.agent.apiKeyManagerCreate({ name: 'late' })),
    ]) {
      expect(await errorOf(asking)).toMatchObject({ code: 'account_closed', status: 409 })
    }
    expect((await studio.agent.apiKeyManagerList({ customerId: 'alice' })).items).toHaveLength(1)
    expect((await studio.create({ customerId: 'operator', name: 'op' })).token).toMatch(/^vs_/)
  })
})
