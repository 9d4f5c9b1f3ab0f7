import { createHash, randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { runAsPrincipal } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { ApiKeyManager, keyCallsOf, type ApiKey, type ApiKeyManagerImportArgs } from '../index.js'
import { errorOf, NOW, openStudio, pepperOf, principalOf, type Studio } from './studio.js'

const PREFIX = 'acme_live_'
const importedPrefixes = [PREFIX, 'acme_test_']
const FORGERIES = process.env['SOAK'] === '1' ? 100_000 : 5000

const sha256 = (token: string) => createHash('sha256').update(token).digest('hex')
const newToken = (prefix = PREFIX) => `${prefix}${randomBytes(18).toString('base64url')}`

function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  for (let pass = 0; pass < 3; pass += 1) collectGarbage()
  return process.memoryUsage().heapUsed
}

describeOnEachDatabase('a key whose token was made elsewhere', (fresh) => {
  let url: string
  let studio: Studio

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url, { importedPrefixes })
  })

  afterEach(async () => {
    jest.restoreAllMocks()
    await studio.database.close()
  })

  async function take(token: string, more: Partial<ApiKeyManagerImportArgs> = {}, by = studio): Promise<ApiKey> {
    const args = { customerId: 'alice', name: 'old', prefix: PREFIX, hash: sha256(token), ...more }
    return (await by.agent.apiKeyManagerImport(args)).apiKey
  }
  const ask = (token: string, more: { method?: string; ip?: string } = {}, by = studio) =>
    by.agent.apiKeyManagerVerify({ token, ...more })
  const codeOf = async (...args: Parameters<typeof ask>) => (await ask(...args)).code

  /** How the database would answer; Postgres as it would a large table. */
  async function planOf(statement: string): Promise<string> {
    const isSqlite = studio.database.engine === 'sqlite'
    return studio.database.read(
      async (manager) => {
        const runner = manager.connection.createQueryRunner()
        if (!isSqlite) await runner.query('SET enable_seqscan = off')
        const rows = (await runner.query(`EXPLAIN ${isSqlite ? 'QUERY PLAN ' : ''}${statement}'x'`)) as object[]
        await runner.release()
        return JSON.stringify(rows)
      },
      { acrossTenants: true },
    )
  }

  it('is a key like any other, of which no more than the prefix is shown', async () => {
    const token = newToken()
    expect(await codeOf(token)).toBe('unknown')
    const rateLimits = [{ name: 'all', limit: 9, windowMs: 1000, scope: 'strict' as const, methods: ['*'] }]
    const asked = {
      ...{ description: 'of before', environment: 'test' as const, network: 'testnet', permissions: ['didManager*'] },
      ...{ expiresAt: '2031-01-01T00:00:00.000Z', rateLimits, allowedIps: ['192.0.2.0/24'] },
    }
    const apiKey = await take(token, asked)
    expect(apiKey).toEqual({
      ...{ keyId: expect.stringMatching(/^[0-9A-Za-z]{16}$/), customerId: 'alice', name: 'old', ...asked },
      ...{ start: PREFIX, enabled: true, status: 'active', createdAt: NOW.toISOString(), lastUsedAt: null },
      rotatedFrom: null,
    })
    expect(await ask(token, { ip: '192.0.2.7' })).toMatchObject({
      ...{ valid: true, code: 'valid', apiKey: { keyId: apiKey.keyId, start: PREFIX } },
      principal: { tenantId: 'alice', role: 'customer', keyId: apiKey.keyId, environment: 'test', network: 'testnet' },
    })
    expect((await studio.agent.apiKeyManagerList({ customerId: 'alice' })).items).toMatchObject([{ start: PREFIX }])
    const { items } = await studio.agent.apiKeyManagerListAuditLog({ keyId: apiKey.keyId })
    expect(items).toMatchObject([{ action: 'import', before: null, after: { start: PREFIX }, actor: { role: 'code' } }])
    const year = await take(newToken())
    expect(year).toMatchObject({ environment: 'live', permissions: ['*'], expiresAt: '2031-03-01T12:00:00.000Z' })
  })

  it('is bound by its methods, addresses and limits, switched off, ended and counted', async () => {
    const token = newToken()
    const rateLimits = [{ name: 'all', limit: 1, windowMs: 1000, scope: 'strict' as const, methods: ['*'] }]
    const restrictions = { permissions: ['didManager*'], allowedIps: ['192.0.2.7'], rateLimits }
    const { keyId } = await take(token, { ...restrictions, expiresAt: '2030-03-01T13:00:00Z' })
    const call = { method: 'didManagerFind', ip: '192.0.2.7' }
    expect(await codeOf(token, { ...call, ip: '192.0.2.8' })).toBe('ip_denied')
    expect(await codeOf(token, { ...call, method: 'resolveDid' })).toBe('permission_denied')
    expect([await codeOf(token, call), await codeOf(token, call)]).toEqual(['valid', 'rate_limited'])
    await studio.agent.apiKeyManagerUpdate({ keyId, enabled: false })
    expect(await codeOf(token, call)).toBe('disabled')
    await studio.agent.apiKeyManagerUpdate({ keyId, enabled: true })
    studio.clock.advanceMs(3_600_000)
    expect(await codeOf(token, call)).toBe('expired')
    await studio.agent.apiKeyManagerRevoke({ keyId })
    expect(await codeOf(token, call)).toBe('revoked')
    const { items } = await studio.agent.apiKeyManagerGetUsage({ keyId, granularity: 'hour' })
    expect(items.map(({ outcome, count }) => [outcome, count]).sort()).toEqual([
      ...[
        ['allowed', 1],
        ['disabled', 1],
        ['expired', 1],
        ['ip_denied', 1],
        ['permission_denied', 1],
      ],
      ...[
        ['rate_limited', 1],
        ['revoked', 1],
      ],
    ])
  })

  it('is found by a report of its token or of its hash', async () => {
    const [first, second] = [newToken(), newToken('acme_test_')]
    const keys = [await take(first), await take(second, { prefix: 'acme_test_', customerId: 'bob' })]
    const reports = [{ token: first }, { hash: sha256(second) }]
    expect(await studio.agent.apiKeyManagerReportLeak({ reports })).toEqual({
      items: keys.map(({ keyId, customerId }) => ({ keyId, customerId, revoked: true })),
    })
    expect([await codeOf(first), await codeOf(second)]).toEqual(['revoked', 'revoked'])
  })

  it('is rotated into one of the service’s own making, whose limits go on where they stand', async () => {
    const token = newToken()
    const rateLimits = [{ name: 'all', limit: 1, windowMs: 3_600_000, scope: 'strict' as const, methods: ['*'] }]
    const { keyId } = await take(token, { rateLimits })
    expect(await codeOf(token, { method: 'resolveDid' })).toBe('valid')
    const rotated = await studio.agent.apiKeyManagerRotate({ keyId, overlapSeconds: 60 })
    expect(rotated.token).toMatch(/^vs_live_/)
    expect(rotated.apiKey).toMatchObject({ rotatedFrom: keyId, start: rotated.token.slice(0, 24) })
    expect([await codeOf(token), await codeOf(rotated.token)]).toEqual(['valid', 'valid'])
    expect(await codeOf(rotated.token, { method: 'resolveDid' })).toBe('rate_limited')
    studio.clock.advanceMs(60_000)
    expect([await codeOf(token), await codeOf(rotated.token)]).toEqual(['expired', 'valid'])
  })

  it('is imported once, whoever asks for it, also in two processes at once and under an older pepper', async () => {
    const token = newToken()
    const other = await openStudio(url, { importedPrefixes })
    const asked = Array.from({ length: 20 }, (_unused, index) =>
      take(token, { customerId: `c${index}` }, index % 2 === 0 ? studio : other).then(
        () => 'imported',
        (error: unknown) => String(error),
      ),
    )
    const outcomes = await Promise.all(asked)
    expect(outcomes.filter((outcome) => outcome === 'imported')).toHaveLength(1)
    const refusals = new Set(outcomes.filter((outcome) => outcome !== 'imported'))
    expect([...refusals]).toEqual([expect.stringContaining('conflict: there is a key with this hash')])
    await other.database.close()

    const peppers = [1, 2].map((version) => ({ version, key: pepperOf(version) }))
    const newer = await openStudio(url, { peppers, importedPrefixes })
    const refusal = await errorOf(take(token, {}, newer))
    expect(refusal).toMatchObject({ code: 'conflict', status: 409, message: expect.not.stringMatching(/c\d/) })
    // The hash of a key of the service's own is one that there is, too.
    const { token: own } = await studio.create({ customerId: 'alice', name: 'own' })
    expect(await errorOf(take(own))).toMatchObject({ code: 'conflict' })
    await newer.database.close()
  })

  it('stays valid for as long as the pepper that it was imported under is in use', async () => {
    const [old, young] = [newToken(), newToken()]
    await take(old)
    const [first, second] = [1, 2].map((version) => ({ version, key: pepperOf(version) }))
    const open = (...peppers: (typeof first)[]) =>
      openStudio(url, { peppers: peppers.flatMap((pepper) => pepper ?? []), importedPrefixes })
    const both = await open(first, second)
    expect(await codeOf(old, {}, both)).toBe('valid')
    await take(young, {}, both)
    expect(await codeOf(young, {}, both)).toBe('valid')
    await both.database.close()
    const newest = await open(second)
    expect([await codeOf(old, {}, newest), await codeOf(young, {}, newest)]).toEqual(['unknown', 'valid'])
    await newest.database.close()
    expect([await codeOf(old), await codeOf(young)]).toEqual(['valid', 'unknown'])
  })

  it('is answered from memory once it is known, until it is revoked by another process', async () => {
    const token = newToken()
    const { keyId } = await take(token)
    expect(await codeOf(token)).toBe('valid')
    const read = jest.spyOn(studio.database, 'readRows')
    for (let count = 0; count < 200; count += 1) expect(await codeOf(token)).toBe('valid')
    expect(read.mock.calls.filter(([statement]) => !statement.includes('"epoch" > ?'))).toEqual([])
    const other = await openStudio(url, { importedPrefixes })
    await other.agent.apiKeyManagerRevoke({ keyId })
    await other.database.close()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(await codeOf(token)).toBe('revoked')
  })

  it('costs nothing to refuse where its prefix is none, and one indexed read and no memory where it is', async () => {
    const known = newToken()
    await take(known)
    expect(await codeOf(known)).toBe('valid')
    const [read, write] = [jest.spyOn(studio.database, 'readRows'), jest.spyOn(studio.database, 'write')]
    const others = [
      ...['acme_live', PREFIX, `${PREFIX} x`, `${PREFIX}ü`, `${PREFIX}\u0430bc`, `${PREFIX}${'x'.repeat(300)}`],
      ...[`A${known.slice(1)}`, ` ${known}`, `${known}\n`, `other_${known}`, PREFIX.repeat(100_000)],
    ]
    for (const token of others) expect(await codeOf(token)).toBe('malformed')
    expect(read).not.toHaveBeenCalled()
    const forge = async (count: number) => {
      for (let made = 0; made < count; made += 1)
        expect(await codeOf(`${PREFIX}${made}${'x'.repeat(20)}`)).toBe('unknown')
    }
    await forge(1000)
    const before = heapUsed()
    read.mockClear()
    await forge(FORGERIES)
    expect(read.mock.calls.length).toBe(FORGERIES)
    read.mockClear()
    expect(heapUsed() - before).toBeLessThan(2_000_000)
    expect(write).not.toHaveBeenCalled()
    expect(await codeOf(known)).toBe('valid')
    expect(await planOf('SELECT "keyId" FROM "studio_api_key" WHERE "hash" = ')).toContain('studio_api_key_by_hash')
  })

  it('is not opened by what is kept of it, by its hash, or under another prefix', async () => {
    const token = newToken()
    await take(token)
    const [row] = await studio.database.readRows<{ hash: string }>('SELECT "hash" FROM studio_api_key', [], {
      acrossTenants: true,
    })
    const hash = row?.hash ?? ''
    expect(hash).not.toBe(sha256(token))
    for (const text of [hash, sha256(token), PREFIX + hash, PREFIX + sha256(token)]) {
      expect(['malformed', 'unknown']).toContain(await codeOf(text))
    }
    // Imported under a prefix that its token does not have.
    const crossed = newToken('acme_test_')
    await take(crossed)
    expect(await codeOf(crossed)).toBe('unknown')
  })

  it('is refused when its prefix is no longer registered, and good again when it is', async () => {
    const token = newToken()
    await take(token)
    const without = await openStudio(url, { importedPrefixes: ['acme_test_'] })
    expect(await codeOf(token, {}, without)).toBe('malformed')
    await without.database.close()
    expect(await codeOf(token)).toBe('valid')
  })

  it('is for operators, and refused where something of it is wrong, without showing what', async () => {
    const token = newToken()
    for (const more of [
      ...[{ prefix: 'other_' }, { prefix: '' }, { hash: token }, { hash: sha256(token).slice(1) }, { hash: '' }],
      ...[{ name: '' }, { environment: 'staging' }, { network: 'mars' }, { permissions: [] }, { allowedIps: ['x'] }],
      ...[{ expiresAt: '2001-01-01T00:00:00Z' }, { token }],
    ]) {
      const refusal = await errorOf(take(token, more as never))
      expect(refusal).toMatchObject({ code: 'invalid_argument', status: 400 })
      expect(JSON.stringify(refusal)).not.toContain(token.slice(12))
    }
    expect(await codeOf(token)).toBe('unknown')
    const { token: customers } = await studio.create({ customerId: 'alice', name: 'key' })
    expect(await codeOf(customers, { method: 'apiKeyManagerImport' })).toBe('permission_denied')
    const narrow = await principalOf(studio, { customerId: 'operator', name: 'ops', permissions: ['apiKeyManager*'] })
    expect(await errorOf(runAsPrincipal(narrow, () => take(token)))).toMatchObject({ code: 'permission_denied' })
    expect(await runAsPrincipal(narrow, () => take(token, { permissions: ['apiKeyManagerGet'] }))).toMatchObject({
      status: 'active',
    })
  })

  it('can only begin with what no other kind of token begins with', async () => {
    const wrong = [
      ...[['vs_'], ['vs_acme_'], ['vs'], ['eyJ'], ['ab'], ['a-b_'], ['x'.repeat(33)], ['acme_', 'acme_live_']],
      ...[['twice_', 'twice_'], ['\u0430\u0431\u0432_'], Array.from({ length: 21 }, (_unused, at) => `p${at}_`)],
    ]
    for (const each of wrong) {
      const make = () => new ApiKeyManager({ database: studio.database, pepper: pepperOf(1), importedPrefixes: each })
      expect(make).toThrow(/^setting_invalid: importedPrefixes/)
    }
    expect(keyCallsOf(studio.agent)?.tokenPrefixes).toEqual(['vs_', ...importedPrefixes])
  })
})
