import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runAsPrincipal, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerRevokeArgs } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { errorOf, NOW, openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerRevoke', (fresh) => {
  let studio: Studio
  let url: string
  let keyId: string
  let token: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
    const made = await studio.create({ customerId: 'alice', name: 'key' })
    keyId = made.apiKey.keyId
    token = made.token
  })

  afterEach(() => studio.database.close())

  const revoke = (args: Partial<ApiKeyManagerRevokeArgs> = {}) => studio.agent.apiKeyManagerRevoke({ keyId, ...args })
  const codeBy = async (by: Studio) => (await by.agent.apiKeyManagerVerify({ token })).code
  const rowOf = () =>
    studio.database.read((manager) => manager.findOneByOrFail(ApiKeyRow, { keyId }), { acrossTenants: true })

  it('ends a key at once, within a second for other processes, and keeps the reason', async () => {
    const other = await openStudio(url)
    expect(await codeBy(other)).toBe('valid')
    const revoked = await runInTenant('alice', () => revoke({ reason: 'lost\nlaptop' }))
    expect(revoked).toMatchObject({ keyId, status: 'revoked', enabled: true })
    expect(await codeBy(studio)).toBe('revoked')
    await sleep(1000)
    expect(await codeBy(other)).toBe('revoked')
    expect(await rowOf()).toMatchObject({ revokedAt: NOW.toISOString(), revokedReason: 'lost\nlaptop' })
    expect(await studio.agent.apiKeyManagerGet({ keyId })).toEqual(revoked)
    await other.database.close()
  })

  it('still refuses the key after a restart', async () => {
    await revoke()
    await studio.database.close()
    studio = await openStudio(url)
    expect(await codeBy(studio)).toBe('revoked')
    expect((await studio.agent.apiKeyManagerGet({ keyId })).status).toBe('revoked')
    expect(await errorOf(revoke())).toMatchObject({ code: 'api_key_revoked' })
  })

  it('is a conflict the second time, and leaves the first as it was', async () => {
    await revoke({ reason: 'first' })
    studio.clock.advanceMs(1000)
    expect(await errorOf(revoke({ reason: 'second' }))).toMatchObject({ code: 'api_key_revoked', status: 409 })
    expect(await rowOf()).toMatchObject({ revokedAt: NOW.toISOString(), revokedReason: 'first' })
  })

  it('succeeds once among many at once, in two processes', async () => {
    const other = await openStudio(url)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_unused, index) =>
        (index % 2 === 0 ? studio : other).agent.apiKeyManagerRevoke({ keyId, reason: `${index}` }),
      ),
    )
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []))
    expect(winners).toHaveLength(1)
    const losers = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
    expect(losers.every((reason) => (reason as { code: string }).code === 'api_key_revoked')).toBe(true)
    expect((await rowOf()).revokedReason).toBe(`${winners[0]}`)
    await other.database.close()
  })

  it("answers the same of another customer's key, revoked or not, and of one that does not exist", async () => {
    const asBob = (id: string) => errorOf(runInTenant('bob', () => revoke({ keyId: id })))
    const expected = { code: 'not_found', status: 404, message: 'not_found: API key not found', extensions: {} }
    expect(await asBob(keyId)).toEqual(expected)
    expect(await asBob('A'.repeat(16))).toEqual(expected)
    expect(await asBob('\u0000')).toEqual(expected)
    expect(await codeBy(studio)).toBe('valid')
    await revoke()
    expect(await asBob(keyId)).toEqual(expected)
  })

  it('lets an operator revoke by the id alone, or the key of the customer that it names', async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'op' })
    const wrong = await errorOf(runAsPrincipal(operator, () => revoke({ customerId: 'bob' })))
    expect(wrong).toMatchObject({ code: 'not_found' })
    expect((await runAsPrincipal(operator, () => revoke({ customerId: 'alice' }))).status).toBe('revoked')
    const { apiKey } = await studio.create({ customerId: 'bob', name: 'key' })
    expect((await runAsPrincipal(operator, () => revoke({ keyId: apiKey.keyId }))).status).toBe('revoked')
  })

  it("lets no customer revoke an operator's key", async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: 'op' })
    const call = runInTenant('alice', () => revoke({ keyId: operator.keyId ?? '' }))
    expect(await errorOf(call)).toMatchObject({ code: 'not_found' })
  })

  it('lets a key revoke itself, and an expired one be revoked', async () => {
    const own = await principalOf(studio, { customerId: 'alice', name: 'own' })
    expect((await runAsPrincipal(own, () => revoke({ keyId: own.keyId ?? '' }))).status).toBe('revoked')
    studio.clock.set(new Date('2040-01-01T00:00:00Z'))
    expect((await revoke()).status).toBe('revoked')
  })

  it.each(['r'.repeat(501), 'a\u0000b'])(
    'refuses a reason that is too long or not text, and revokes nothing',
    async (reason) => {
      expect(await errorOf(revoke({ reason }))).toMatchObject({ code: 'invalid_argument' })
      expect(await codeBy(studio)).toBe('valid')
    },
  )
})
