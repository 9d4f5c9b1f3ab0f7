import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import type { IAgentPlugin } from '@veramo/core'
import {
  errorFactory,
  kitErrorDefinitions,
  OPERATOR_TENANT_ID,
  runAsOperator,
  runInTenant,
} from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerCreateArgs } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerCreate', (fresh) => {
  let studio: Studio

  beforeEach(async () => {
    studio = await openStudio(await fresh())
  })

  afterEach(() => studio.database.close())

  it('makes a live key for every method of the role, for one year, with nothing but a name', async () => {
    const { apiKey, token } = await studio.create({ customerId: 'alice', name: ' my key ' })
    expect(apiKey).toEqual({
      keyId: expect.stringMatching(/^[0-9A-Za-z]{16}$/),
      customerId: 'alice',
      name: 'my key',
      description: null,
      environment: 'live',
      network: null,
      start: `vs_live_${apiKey.keyId}`,
      enabled: true,
      status: 'active',
      permissions: ['*'],
      rateLimits: [],
      allowedIps: [],
      createdAt: '2030-03-01T12:00:00.000Z',
      expiresAt: '2031-03-01T12:00:00.000Z',
      lastUsedAt: null,
      rotatedFrom: null,
    })
    expect(token.startsWith(`${apiKey.start}_`)).toBe(true)
  })

  it('keeps everything that it is given', async () => {
    const asked = {
      customerId: 'alice',
      name: '名'.repeat(100),
      description: `${'d'.repeat(498)}\n.`,
      environment: 'test',
      network: 'testnet',
      permissions: ['didManager*', 'resolveDid'],
    } as const satisfies ApiKeyManagerCreateArgs
    const made = await studio.create({
      ...asked,
      permissions: [...asked.permissions],
      expiresAt: '2030-04-01T02:00+02:00',
    })
    const got = await studio.agent.apiKeyManagerGet({ keyId: made.apiKey.keyId })
    expect(got).toEqual(made.apiKey)
    expect(got).toMatchObject({ ...asked, expiresAt: '2030-04-01T00:00:00.000Z' })
  })

  it('keeps no token and no part of its secret in the database', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const rows = await studio.database.read((manager) => manager.find(ApiKeyRow), { acrossTenants: true })
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(token.slice(25, 35))
    expect(rows[0]?.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('makes keys of its own customer in a tenant, and of no other', async () => {
    const made = await runInTenant('alice', () => studio.create({ name: 'key' }))
    expect(made.apiKey.customerId).toBe('alice')
    for (const customerId of ['bob', 'nobody', OPERATOR_TENANT_ID]) {
      const call = runInTenant('alice', () => studio.create({ name: 'key', customerId }))
      await expect(call).rejects.toMatchObject({ code: 'not_found', message: 'not_found: customer not found' })
    }
  })

  it('needs to be told the customer outside of a tenant', async () => {
    await expect(studio.create({ name: 'key' })).rejects.toMatchObject({ code: 'invalid_argument' })
    const made = await runAsOperator(() => studio.create({ name: 'key', customerId: 'alice' }))
    expect(made.apiKey.customerId).toBe('alice')
  })

  it('binds a key to the networks that it was configured with', async () => {
    const networks = { live: ['mainnet', 'other'], test: [] }
    const other = await openStudio(await fresh(), { networks })
    const made = await other.create({ customerId: 'alice', name: 'key', network: 'other' })
    expect(made.apiKey.network).toBe('other')
    const refusedCall = other.create({ customerId: 'alice', name: 'key', environment: 'test', network: 'testnet' })
    await expect(refusedCall).rejects.toMatchObject({ code: 'invalid_argument' })
    await other.database.close()
  })

  it('makes keys that all differ, also when many are asked for at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 100 }, (_unused, index) => studio.create({ customerId: `c${index % 3}`, name: 'key' })),
    )
    expect(new Set(made.map(({ token }) => token)).size).toBe(100)
    expect(new Set(made.map(({ apiKey }) => apiKey.keyId)).size).toBe(100)
    const decisions = await Promise.all(made.map(({ token }) => studio.agent.apiKeyManagerVerify({ token })))
    expect(decisions.map(({ principal }) => principal?.tenantId)).toEqual(made.map((_unused, index) => `c${index % 3}`))
  })

  it('makes operator keys for raw code and for operators', async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'first' })
    expect(operator).toMatchObject({ tenantId: OPERATOR_TENANT_ID, role: 'operator' })
    const second = await studio.create({ customerId: 'operator', name: 'second' }, operator)
    expect(second.apiKey.customerId).toBe('operator')
  })

  it('makes no operator key for an operator who acts for a customer', async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'first' })
    const acting = { ...operator, tenantId: 'alice' }
    const call = studio.create({ customerId: 'operator', name: 'key' }, acting)
    await expect(call).rejects.toMatchObject({ code: 'not_found' })
    const own = await studio.create({ name: 'key' }, acting)
    expect(own.apiKey.customerId).toBe('alice')
  })

  it('asks the account manager whether the customer exists, where there is one', async () => {
    const notFound = errorFactory(kitErrorDefinitions).not_found('customer not found')
    const get = jest.fn(async ({ customerId }: { customerId: string }) => {
      if (customerId !== 'alice') throw notFound
      return { customerId }
    })
    const accounts: IAgentPlugin = { methods: { accountManagerGet: get } }
    const other = await openStudio(await fresh(), { plugins: [accounts] })
    await expect(other.create({ customerId: 'nobody', name: 'key' })).rejects.toBe(notFound)
    expect((await other.create({ customerId: 'alice', name: 'key' })).apiKey.customerId).toBe('alice')
    expect(get).toHaveBeenCalledTimes(2)
    await other.create({ customerId: 'operator', name: 'key' })
    await runInTenant('nobody', () => other.create({ name: 'key' }))
    expect(get).toHaveBeenCalledTimes(2)
    expect(await other.database.read((manager) => manager.count(ApiKeyRow), { acrossTenants: true })).toBe(3)
    await other.database.close()
  })
})
