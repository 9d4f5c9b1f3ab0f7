import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { API_KEY_EVENTS, type ApiKeyManagerCreateResult, type ApiKeyPage } from '@veramo-studio/api-key-manager'
import type { Account } from '@veramo-studio/account-manager'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { writeAgentFile } from './agents/agent-file.js'
import { CLI, freshEnvironment } from './agents/environment.js'
import { readJournal } from './agents/event-journal.js'
import { ServiceProcess } from './agents/service-process.js'

jest.setTimeout(120_000)

const CUSTOMER_LIMIT = {
  ...{ name: 'customer', limit: 3, windowMs: 600_000, scope: 'strict' },
  methods: ['didManagerFind', 'resolveDid'],
}
const IDLE_DAYS = 90
const DAY_MS = 24 * 3_600_000

/** What an operator may turn on in agent.yml, and the shipped one leaves off. */
describeOnEachDatabase('a service with rules of its own for API keys', (fresh) => {
  const directory = temporaryDirectory()
  const journal = join(directory, 'events.jsonl')
  let service: ServiceProcess

  beforeAll(async () => {
    const agentFile = writeAgentFile(directory, (config) => {
      Object.assign(config.apiKeyManager.$args[0], {
        ...{ customerRateLimits: [CUSTOMER_LIMIT], callCosts: { didManagerFind: 2 }, idleDays: IDLE_DAYS },
      })
      config['journal'] = {
        $require: './test/build/agents/event-journal.js#EventJournal',
        $args: [journal, [...API_KEY_EVENTS]],
      }
      config.agent.$args[0].plugins.push({ $ref: '/journal' })
    })
    service = new ServiceProcess(await freshEnvironment(await fresh()), [CLI, '--config', agentFile, 'start'])
    await service.start()
  })
  afterAll(() => service.stop())

  async function call(token: string, method: string, args: object = {}) {
    const response = await fetch(`${service.baseUrl}/agent/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': token },
      body: JSON.stringify(args),
    })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }

  const newAccount = async () =>
    (await call(service.operatorToken, 'accountManagerCreate', { name: 'Acme' })).body as Account
  const newKey = async (customerId: string, name = 'key') =>
    (await call(service.operatorToken, 'apiKeyManagerCreate', { customerId, name })).body as ApiKeyManagerCreateResult

  it('holds all keys of a customer to one limit, and counts a dear call for several', async () => {
    const { customerId } = await newAccount()
    const [one, other] = [await newKey(customerId), await newKey(customerId)]
    expect((await call(one.token, 'didManagerFind')).status).toBe(200)
    const third = await call(other.token, 'resolveDid', { didUrl: 'did:example:x' })
    expect([third.status, third.headers.get('ratelimit')]).toEqual([200, expect.stringMatching(/^"customer";r=0;t=/)])
    for (const { token } of [one, other]) {
      const refused = await call(token, 'resolveDid', { didUrl: 'did:example:x' })
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect((await call(token, 'didManagerGetProviders')).status).toBe(200)
    }
    const stranger = await newKey((await newAccount()).customerId)
    expect((await call(stranger.token, 'didManagerFind')).status).toBe(200)
    const reached = readJournal(journal).filter(({ type }) => type === 'apiKeyLimitReached')
    expect(reached.map(({ data }) => data['keyId'])).toEqual([one.apiKey.keyId, other.apiKey.keyId])
    expect(reached[0]?.data).toMatchObject({ customerId, method: 'resolveDid' })
  })

  it('tells its plugins of every change of a key, and none of them a token', async () => {
    const before = readJournal(journal).length
    const { customerId } = await newAccount()
    const { apiKey, token } = await newKey(customerId)
    const { keyId } = apiKey
    await call(token, 'apiKeyManagerUpdate', { keyId, name: 'renamed' })
    const rotated = (await call(token, 'apiKeyManagerRotate', { keyId, overlapSeconds: 60 }))
      .body as ApiKeyManagerCreateResult
    await call(rotated.token, 'apiKeyManagerRevoke', { keyId: rotated.apiKey.keyId, reason: 'test' })
    const heard = readJournal(journal).slice(before)
    expect(heard.map(({ type }) => type)).toEqual([
      ...['apiKeyCreated', 'apiKeyUpdated', 'apiKeyRotated', 'apiKeyRevoked'],
    ])
    expect(heard[1]?.data).toMatchObject({ apiKey: { keyId, name: 'renamed' } })
    expect(heard[2]?.data).toMatchObject({ apiKey: { rotatedFrom: keyId }, replaced: { keyId } })
    for (const secret of [token, rotated.token]) expect(readFileSync(journal, 'utf8')).not.toContain(secret.slice(25))
  })

  it('lets a key expire that nobody has used, and none that somebody has', async () => {
    const { customerId } = await newAccount()
    const [idle, used] = [await newKey(customerId, 'idle'), await newKey(customerId, 'used')]
    expect((await call(idle.token, 'didManagerGetProviders')).status).toBe(200)
    await service.stop()
    await makeOlder(String(service.environment['DATABASE_URL']), [
      [idle.apiKey.keyId, IDLE_DAYS + 1],
      [used.apiKey.keyId, IDLE_DAYS - 1],
    ])
    await service.start()
    expect(await call(idle.token, 'didManagerGetProviders')).toMatchObject({ status: 401 })
    expect((await call(used.token, 'didManagerGetProviders')).status).toBe(200)
    const { items } = (await call(used.token, 'apiKeyManagerList', { status: 'expired' })).body as ApiKeyPage
    expect(items.map(({ keyId }) => keyId)).toEqual([idle.apiKey.keyId])
  })
})

/** Puts keys, and the use of them, back by so many days. */
async function makeOlder(url: string, keys: [keyId: string, days: number][]): Promise<void> {
  const database = await openDatabase({ url, entities: [], migrations: [] })
  await database.write(
    async (manager) => {
      for (const [keyId, days] of keys) {
        const then = new Date(Date.now() - days * DAY_MS).toISOString()
        await manager.query(
          `UPDATE "studio_api_key" SET "createdAt" = '${then}', "lastUsedAt" = '${then}' WHERE "keyId" = '${keyId}'`,
        )
        await manager.query(`UPDATE "studio_api_key_usage" SET "lastUsedAt" = '${then}' WHERE "keyId" = '${keyId}'`)
      }
    },
    { acrossTenants: true },
  )
  await database.close()
}
