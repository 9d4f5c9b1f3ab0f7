import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { isOperatorOnly } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyLeakReport } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { errorOf, openStudio, pepperOf, type Studio } from './studio.js'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const UNKNOWN = { keyId: null, customerId: null, revoked: false }

describeOnEachDatabase('apiKeyManagerReportLeak', (fresh) => {
  let studio: Studio
  let url: string

  beforeEach(async () => {
    url = await fresh()
    studio = await openStudio(url)
  })

  afterEach(() => studio.database.close())

  const report = (reports: ApiKeyLeakReport[]) => studio.agent.apiKeyManagerReportLeak({ reports })
  const codeOf = async (token: string) => (await studio.agent.apiKeyManagerVerify({ token })).code

  it('revokes keys of any customer by their tokens or by hashes of them, in the order of the reports', async () => {
    const alice = await studio.create({ customerId: 'alice', name: 'key' })
    const bob = await studio.create({ customerId: 'bob', name: 'key' })
    const safe = await studio.create({ customerId: 'bob', name: 'safe' })
    for (const { token } of [alice, bob]) expect(await codeOf(token)).toBe('valid')
    const { items } = await report([
      { hash: sha256(bob.token).toUpperCase() },
      { token: 'nothing of ours' },
      { token: alice.token },
      { token: alice.token },
    ])
    const [aliceId, bobId] = [alice.apiKey.keyId, bob.apiKey.keyId]
    expect(items).toEqual([
      { keyId: bobId, customerId: 'bob', revoked: true },
      UNKNOWN,
      { keyId: aliceId, customerId: 'alice', revoked: true },
      { keyId: aliceId, customerId: 'alice', revoked: false },
    ])
    expect([await codeOf(alice.token), await codeOf(bob.token), await codeOf(safe.token)]).toEqual([
      ...['revoked', 'revoked', 'valid'],
    ])
    const row = await studio.database.read((manager) => manager.findOneByOrFail(ApiKeyRow, { keyId: bobId }), {
      acrossTenants: true,
    })
    expect(row.revokedReason).toBe('leaked')
  })

  it('finds tokens of every pepper in use', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'old' })
    const peppers = [1, 2].map((version) => ({ version, key: pepperOf(version) }))
    const both = await openStudio(url, { peppers })
    const { items } = await both.agent.apiKeyManagerReportLeak({ reports: [{ hash: sha256(token) }] })
    expect(items).toMatchObject([{ customerId: 'alice', revoked: true }])
    await both.database.close()
  })

  it('takes no kept hash for the hash of a token', async () => {
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const [row] = await studio.database.read((manager) => manager.find(ApiKeyRow), { acrossTenants: true })
    expect((await report([{ hash: row?.hash ?? '' }])).items).toEqual([UNKNOWN])
    expect(await codeOf(token)).toBe('valid')
  })

  it('is for operators, and refuses what is no report', async () => {
    expect(isOperatorOnly(studio.agent.getSchema(), 'apiKeyManagerReportLeak')).toBe(true)
    const { token } = await studio.create({ customerId: 'alice', name: 'key' })
    const wrong: ApiKeyLeakReport[][] = [
      [],
      [{}],
      [{ token, hash: sha256(token) }],
      [{ token }, { hash: 'short' }],
      Array.from({ length: 1001 }, () => ({ token })),
    ]
    for (const reports of wrong) {
      const { code, message } = await errorOf(report(reports))
      expect(code).toBe('invalid_argument')
      expect(message).not.toContain(token.slice(25))
    }
    expect(await codeOf(token)).toBe('valid')
  })
})
