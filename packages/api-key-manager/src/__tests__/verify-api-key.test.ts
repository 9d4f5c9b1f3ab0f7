import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { BASE62, isOperatorOnly } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { generateApiKeyToken } from '../api-key-token.js'
import type { ApiKeyManagerVerifyArgs } from '../index.js'
import { Peppers } from '../peppers.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { openStudio, pepperOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerVerify', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
  })

  afterEach(async () => {
    jest.restoreAllMocks()
    await studio.database.close()
  })

  const verify = (args: ApiKeyManagerVerifyArgs) => studio.agent.apiKeyManagerVerify(args)
  const rows = () => studio.database.read((manager) => manager.find(ApiKeyRow), { acrossTenants: true })

  it('answers for a good token who calls with it', async () => {
    const { apiKey, token } = await studio.create({
      customerId: 'alice',
      name: 'key',
      environment: 'test',
      network: 'testnet',
      permissions: ['resolveDid'],
    })
    expect(await verify({ token, method: 'resolveDid', ip: '192.0.2.1' })).toEqual({
      valid: true,
      code: 'valid',
      apiKey,
      principal: {
        tenantId: 'alice',
        role: 'customer',
        keyId: apiKey.keyId,
        permissions: ['resolveDid'],
        environment: 'test',
        network: 'testnet',
      },
    })
  })

  it("answers for an operator's token that it is an operator's", async () => {
    const { token } = await studio.create({ customerId: 'operator', name: 'key' })
    const { principal } = await verify({ token, method: 'apiKeyManagerVerify' })
    expect(principal).toMatchObject({ tenantId: 'operator', role: 'operator' })
  })

  it('is for operators, and lets no key of a customer call what is', async () => {
    expect(isOperatorOnly(studio.agent.getSchema(), 'apiKeyManagerVerify')).toBe(true)
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const decision = await verify({ token, method: 'apiKeyManagerVerify' })
    expect(decision).toMatchObject({ valid: false, code: 'permission_denied' })
  })

  it('refuses every misspelling of one character without looking at the database', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const read = jest.spyOn(studio.database, 'readRows')
    const misspelt = Array.from(token).flatMap((letter, at) =>
      Array.from(`${BASE62}_`, (other) => token.slice(0, at) + other + token.slice(at + 1)).filter(
        (text) => text.charAt(at) !== letter,
      ),
    )
    const decisions = await Promise.all(misspelt.map((text) => verify({ token: text })))
    expect(decisions.length).toBe(token.length * 62)
    expect(decisions.filter(({ code }) => code !== 'malformed')).toEqual([])
    expect(read).not.toHaveBeenCalled()
    expect(await verify({ token })).toMatchObject({ valid: true })
    expect(read).toHaveBeenCalledTimes(1)
  })

  it.each(['', 'vs_live_', '\u0000', 'Bearer x', 'x'.repeat(1_000_000), "' OR 1=1 --"])(
    'decides that %.20j is malformed, and does not throw',
    async (token) => {
      expect(await verify({ token })).toEqual({ valid: false, code: 'malformed' })
    },
  )

  it('refuses a token that is no text as an argument of a wrong type', async () => {
    const call = verify({ token: 5 } as unknown as ApiKeyManagerVerifyArgs)
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('refuses a forged token without looking at the database', async () => {
    const forgers = new Peppers([{ version: 1, key: pepperOf(9) }])
    const read = jest.spyOn(studio.database, 'readRows')
    for (const environment of ['live', 'test'] as const) {
      const { token } = generateApiKeyToken(forgers, environment)
      expect(await verify({ token })).toEqual({ valid: false, code: 'unknown' })
    }
    expect(read).not.toHaveBeenCalled()
  })

  it('refuses what is kept of a token when it is used as one', async () => {
    await studio.create({ customerId: 'alice', name: 'key' })
    const [row] = await rows()
    const hash = row?.hash ?? ''
    expect(hash).toHaveLength(64)
    const token = `vs_live_${row?.keyId}_${hash.slice(0, 45)}`
    expect(await verify({ token: hash })).toEqual({ valid: false, code: 'malformed' })
    expect(await verify({ token })).toEqual({ valid: false, code: 'malformed' })
  })

  it('refuses a genuine token that it has not kept, and one whose kept hash is of another', async () => {
    const peppers = new Peppers([{ version: 1, key: pepperOf(1) }])
    const { token: lost } = generateApiKeyToken(peppers, 'live')
    expect(await verify({ token: lost })).toEqual({ valid: false, code: 'unknown' })
    const { apiKey, token } = await studio.create({ customerId: 'alice', name: 'key' })
    const { hash } = generateApiKeyToken(peppers, 'live')
    await studio.database.write((manager) => manager.update(ApiKeyRow, { keyId: apiKey.keyId }, { hash }), {
      acrossTenants: true,
    })
    expect(await verify({ token })).toEqual({ valid: false, code: 'unknown' })
  })

  it('validates nothing with a wrong pepper', async () => {
    const made = await Promise.all([1, 2, 3].map(() => studio.create({ customerId: 'alice', name: 'key' })))
    const other = await openStudio(url, { pepper: pepperOf(2) })
    const decisions = await Promise.all(made.map(({ token }) => other.agent.apiKeyManagerVerify({ token })))
    expect(decisions).toEqual(made.map(() => ({ valid: false, code: 'unknown' })))
    await other.database.close()
  })

  it('validates the tokens of an older pepper for as long as that is in use', async () => {
    const [first, second] = [
      { version: 1, key: pepperOf(1) },
      { version: 2, key: pepperOf(2) },
    ]
    const { token: old } = await studio.create({ customerId: 'alice', name: 'old' })
    const both = await openStudio(url, { peppers: [first, second] })
    const { token: recent } = await both.create({ customerId: 'alice', name: 'recent' })
    const versions = (await rows()).map(({ name, pepperVersion }) => [name, pepperVersion])
    expect(Object.fromEntries(versions)).toEqual({ old: 1, recent: 2 })
    const codesOf = async (by: Studio) =>
      Promise.all([old, recent].map(async (token) => (await by.agent.apiKeyManagerVerify({ token })).code))
    expect(await codesOf(both)).toEqual(['valid', 'valid'])
    const later = await openStudio(url, { peppers: [second] })
    expect(await codesOf(later)).toEqual(['unknown', 'valid'])
    await Promise.all([both.database.close(), later.database.close()])
  })

  it('refuses an expired key from the very instant of its end', async () => {
    const expiresAt = '2030-03-01T12:00:01.000Z'
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key', expiresAt })
    studio.clock.advanceMs(999)
    expect((await verify({ token })).code).toBe('valid')
    studio.clock.advanceMs(1)
    expect(await verify({ token })).toEqual({ valid: false, code: 'expired' })
    expect((await studio.agent.apiKeyManagerGet({ keyId: apiKey.keyId })).status).toBe('expired')
  })

  it('says revoked before expired, and expired before disabled', async () => {
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key' })
    const { keyId } = apiKey
    await studio.database.write((manager) => manager.update(ApiKeyRow, { keyId }, { enabled: false }), {
      acrossTenants: true,
    })
    expect(await verify({ token })).toEqual({ valid: false, code: 'disabled' })
    studio.clock.set(new Date('2032-01-01T00:00:00Z'))
    expect(await verify({ token })).toEqual({ valid: false, code: 'expired' })
    await studio.agent.apiKeyManagerRevoke({ keyId })
    expect(await verify({ token })).toEqual({ valid: false, code: 'revoked' })
  })

  it('names the key where it is good but not for this method', async () => {
    const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'key', permissions: ['didManager*'] })
    const denied = await verify({ token, method: 'resolveDid' })
    expect(denied).toMatchObject({ valid: false, code: 'permission_denied', apiKey, principal: { tenantId: 'alice' } })
    expect((await verify({ token, method: 'didManagerCreate' })).code).toBe('valid')
    expect((await verify({ token, method: 'didmanagerCreate' })).code).toBe('permission_denied')
  })

  it('writes nothing', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const before = await rows()
    const write = jest.spyOn(studio.database, 'write')
    await Promise.all(Array.from({ length: 20 }, () => verify({ token, method: 'resolveDid' })))
    expect(write).not.toHaveBeenCalled()
    expect(await rows()).toEqual(before)
  })

  it('fails where the database cannot be read, and does not name the token', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const other = await openStudio(url)
    await other.database.close()
    const error: unknown = await other.agent.apiKeyManagerVerify({ token }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Error)
    const { message, stack } = error as Error
    expect(`${message} ${stack} ${JSON.stringify(error)}`).not.toContain(token.slice(25))
  })
})
