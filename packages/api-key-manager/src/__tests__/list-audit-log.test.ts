import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { openDatabase, runAsPrincipal, runInTenant, type Principal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { generateApiKeyToken } from '../api-key-token.js'
import type { ApiKeyAuditEntry, ApiKeyManagerListAuditLogArgs } from '../index.js'
import { Peppers } from '../peppers.js'
import { migrations } from '../typeorm/tables.js'
import { errorOf, openStudio, pepperOf, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('the audit log of keys', (fresh) => {
  let studio: Studio
  let operator: Principal
  let url: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
    operator = await principalOf(studio, { customerId: 'operator', name: 'boss' })
  })

  afterEach(() => studio.database.close())

  const log = (args: ApiKeyManagerListAuditLogArgs) => studio.agent.apiKeyManagerListAuditLog(args)
  const told = (items: ApiKeyAuditEntry[]) => items.map(({ action, keyId, actor }) => [action, keyId, actor.role])

  /** A key that is made by an operator, changed by its customer, rotated by code, and ended. */
  const changeKeys = async () => {
    const { agent, clock } = studio
    const { apiKey, token } = await studio.create({ customerId: 'alice', name: 'key' }, operator)
    const { keyId } = apiKey
    clock.advanceMs(1000)
    const alice = await principalOf(studio, { customerId: 'alice', name: 'own' })
    clock.advanceMs(1000)
    await runAsPrincipal(alice, () => agent.apiKeyManagerUpdate({ keyId, name: 'new' }))
    clock.advanceMs(1000)
    const rotated = await agent.apiKeyManagerRotate({ keyId, overlapSeconds: 60 })
    clock.advanceMs(1000)
    await agent.apiKeyManagerRevoke({ keyId: rotated.apiKey.keyId, reason: 'lost' })
    return { alice, apiKey, keyId, successor: rotated.apiKey.keyId, tokens: [token, rotated.token] }
  }

  it('says who changed what, when and why, newest first', async () => {
    const { alice, apiKey, keyId, successor, tokens } = await changeKeys()
    const { items, nextCursor } = await log({ customerId: 'alice' })
    expect(nextCursor).toBeUndefined()
    expect(told(items)).toEqual([
      ['revoke', successor, 'code'],
      ['create', successor, 'code'],
      ['rotate', keyId, 'code'],
      ['update', keyId, 'customer'],
      ['create', alice.keyId, 'code'],
      ['create', keyId, 'operator'],
    ])
    expect(items.map(({ actor }) => actor.keyId)).toEqual([null, null, null, alice.keyId, null, operator.keyId])
    expect(items[0]).toMatchObject({ before: { status: 'active' }, after: { status: 'revoked' }, reason: 'lost' })
    expect(items[2]).toMatchObject({ before: { expiresAt: apiKey.expiresAt }, reason: null })
    expect(items[3]).toMatchObject({ before: { name: 'key' }, after: { name: 'new' }, reason: null })
    expect(Object.keys(items[3]?.after ?? {})).toEqual(['name'])
    expect(items[5]).toMatchObject({ customerId: 'alice', before: null, after: apiKey, createdAt: apiKey.createdAt })
    for (const token of tokens) expect(JSON.stringify(items)).not.toContain(token.slice(25))
  })

  it('shows customers their own, without the keys of operators', async () => {
    const { alice, keyId } = await changeKeys()
    await studio.create({ customerId: 'bob', name: 'his' })
    const { items } = await runAsPrincipal(alice, () => log({}))
    expect(items.map(({ customerId }) => customerId)).toEqual(new Array(6).fill('alice'))
    expect(items.map(({ actor }) => actor.keyId)).toEqual([null, null, null, alice.keyId, null, null])
    const bob = await principalOf(studio, { customerId: 'bob', name: 'own' })
    for (const args of [{ customerId: 'alice' }, { keyId }]) {
      expect(await errorOf(runAsPrincipal(bob, () => log(args)))).toMatchObject({ code: 'not_found' })
    }
    const nobodys = await errorOf(runAsPrincipal(bob, () => log({ keyId: 'nobodyskeyid0000' })))
    expect(await errorOf(runAsPrincipal(bob, () => log({ keyId })))).toEqual(nobodys)
    expect((await log({})).items.map(({ customerId }) => customerId)).toEqual(
      expect.arrayContaining(['alice', 'bob', 'operator']),
    )
  })

  it('gives each entry once, whatever the size of a page and the filter', async () => {
    const { keyId } = await changeKeys()
    const all = (await log({ customerId: 'alice' })).items
    const paged: ApiKeyAuditEntry[] = []
    let cursor: string | undefined
    do {
      const page = await log({ customerId: 'alice', limit: 1, ...(cursor && { cursor }) })
      paged.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(paged).toEqual(all)
    expect((await log({ keyId })).items).toEqual(all.filter((entry) => entry.keyId === keyId))
    expect((await log({ customerId: 'alice', action: 'update' })).items).toEqual(
      all.filter(({ action }) => action === 'update'),
    )
    const at = all[3]?.createdAt ?? ''
    expect((await log({ customerId: 'alice', from: at })).items).toEqual(all.slice(0, 4))
    expect((await log({ customerId: 'alice', to: at })).items).toEqual(all.slice(4))
  })

  it('refuses what is no period, page, action or key', async () => {
    for (const args of [
      { from: 'monday' },
      { from: '2030-02-01T00:00:00Z', to: '2030-01-01T00:00:00Z' },
      { limit: 0 },
      { limit: 101 },
      { cursor: 'nonsense' },
      { cursor: Buffer.from('2030-01-01T00:00:00.000Z \u0000').toString('base64url') },
      { action: 'forget' as 'revoke' },
    ]) {
      expect(await errorOf(log(args))).toMatchObject({ code: 'invalid_argument' })
    }
    for (const keyId of ['nothing', 'nobodyskeyid0000']) {
      expect(await errorOf(log({ keyId }))).toMatchObject({
        code: 'not_found',
        message: 'not_found: API key not found',
      })
    }
  })

  it.each([
    `UPDATE studio_api_key_audit SET "action" = 'create'`,
    'DELETE FROM studio_api_key_audit',
    `DELETE FROM studio_api_key_audit WHERE "tenantId" = 'nobody' OR TRUE`,
  ])('cannot be changed, not even by a statement of its own (%s)', async (statement) => {
    const before = (await log({})).items
    expect(before).not.toEqual([])
    await expect(studio.database.write((manager) => manager.query(statement), { acrossTenants: true })).rejects.toThrow(
      'append-only',
    )
    expect((await log({})).items).toEqual(before)
  })

  it('has what was written before it could be read, and the keys that were made before it was', async () => {
    await studio.database.close()
    const older = await fresh()
    const old = await openDatabase({ url: older, entities: [], migrations: [migrations.slice(0, 3)] })
    const { keyId, hash } = generateApiKeyToken(new Peppers([{ version: 1, key: pepperOf(1) }]), 'live')
    await old.write(
      async (manager) => {
        await manager.query(`INSERT INTO studio_api_key ("tenantId", "keyId", "name", "environment", "hash", "pepperVersion",
        "enabled", "permissions", "createdAt", "expiresAt") VALUES ('alice', '${keyId}', 'old', 'live', '${hash}', 1,
        true, '["*"]', '2029-03-01T12:00:00.000Z', '2031-01-01T00:00:00.000Z')`)
        await manager.query(`INSERT INTO studio_api_key_audit ("tenantId", "auditId", "keyId", "action", "actorRole",
        "before", "after", "createdAt") VALUES ('alice', 'AAAAAAAAAAAAAAAAAAAZ', 'aaaaaaaaaaaaaaaa', 'revoke', 'service',
        '{"status":"active","revokedReason":null}', '{"status":"revoked","revokedReason":"lost"}',
        '2029-03-01T12:00:00.000Z')`)
      },
      { acrossTenants: true },
    )
    await old.close()
    studio = await openStudio(older)
    expect((await log({ customerId: 'alice' })).items).toEqual([
      {
        ...{ entryId: 'AAAAAAAAAAAAAAAAAAAZ', customerId: 'alice', keyId: 'aaaaaaaaaaaaaaaa', action: 'revoke' },
        ...{ actor: { role: 'code', keyId: null }, before: { status: 'active' }, after: { status: 'revoked' } },
        ...{ reason: 'lost', createdAt: '2029-03-01T12:00:00.000Z' },
      },
    ])
    expect(await runInTenant('alice', () => log({ keyId }))).toEqual({ items: [] })
  })
})
