import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals'
import { describeOnEachDatabase, spawnChild } from '@veramo-studio/test-support'
import { generateApiKeyToken } from '../api-key-token.js'
import { Peppers } from '../peppers.js'
import type { KeyChildOptions } from './key-child.js'
import { openStudio, pepperOf, type Studio } from './studio.js'

const SOAKING = process.env['SOAK'] === '1'
const FORGERIES = SOAKING ? 1_000_000 : 100_000
/** Ten years: the other process goes by the true time. */
const LONG = '2040-01-01T00:00:00Z'

/** What is in use, without what is only not collected yet. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  for (let pass = 0; pass < 3; pass += 1) collectGarbage()
  return process.memoryUsage().heapUsed
}

const child = (options: KeyChildOptions) => spawnChild(new URL('./key-child.js', import.meta.url), options)

describeOnEachDatabase('the cache of keys', (fresh, engine) => {
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

  const codeOf = async (token: string, by = studio) => (await by.agent.apiKeyManagerVerify({ token })).code
  const make = () => studio.create({ customerId: 'alice', name: 'key', expiresAt: LONG })

  it('answers a key that it knows without a query', async () => {
    const { token } = await make()
    expect(await codeOf(token)).toBe('valid')
    const [read, write] = [jest.spyOn(studio.database, 'readRows'), jest.spyOn(studio.database, 'write')]
    const codes = await Promise.all(Array.from({ length: 1000 }, () => codeOf(token)))
    expect(new Set(codes)).toEqual(new Set(['valid']))
    expect(write).not.toHaveBeenCalled()
    // But for whether a key was changed since, which is asked from time to time.
    expect(read.mock.calls.length).toBeLessThanOrEqual(5)
    expect(read.mock.calls.filter(([statement]) => !statement.includes('"epoch" > ?'))).toEqual([])
  })

  it('lets each change of a key take effect at once', async () => {
    const { token, apiKey } = await make()
    const { keyId } = apiKey
    const { agent } = studio
    const ask = async (method?: string, ip?: string) => {
      const args = { token, ...(method && { method }), ...(ip && { ip }) }
      return (await agent.apiKeyManagerVerify(args)).code
    }
    expect(await ask('resolveDid')).toBe('valid')
    await agent.apiKeyManagerUpdate({ keyId, enabled: false })
    expect(await ask('resolveDid')).toBe('disabled')
    await agent.apiKeyManagerUpdate({ keyId, enabled: true })
    expect(await ask('resolveDid')).toBe('valid')
    await agent.apiKeyManagerUpdate({ keyId, permissions: ['didManager*'] })
    expect(await ask('resolveDid')).toBe('permission_denied')
    await agent.apiKeyManagerUpdate({ keyId, allowedIps: ['192.0.2.0/24'] })
    expect(await ask('didManagerFind')).toBe('ip_denied')
    expect(await ask('didManagerFind', '192.0.2.7')).toBe('valid')
    await agent.apiKeyManagerUpdate({ keyId, expiresAt: '2030-03-01T12:00:01Z', allowedIps: [] })
    expect(await ask()).toBe('valid')
    studio.clock.advanceMs(1000)
    expect(await ask()).toBe('expired')
    await agent.apiKeyManagerUpdate({ keyId, expiresAt: LONG })
    expect(await ask()).toBe('valid')
    await agent.apiKeyManagerRevoke({ keyId })
    expect(await ask()).toBe('revoked')
  })

  it('does not keep what was read before a revocation and arrives after it', async () => {
    const { token, apiKey } = await make()
    const readRows = studio.database.readRows.bind(studio.database)
    let resume: () => void = () => undefined
    const paused = new Promise<void>((resolve) => (resume = resolve))
    jest.spyOn(studio.database, 'readRows').mockImplementationOnce(async (...asked) => {
      const rows = await readRows<never>(...asked)
      await paused
      return rows
    })
    const first = codeOf(token)
    await studio.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
    resume()
    expect(await first).toBe('valid')
    expect(await codeOf(token)).toBe('revoked')
  })

  it('does not keep what was read before another process revoked, and arrives after that was heard of', async () => {
    const [known, paused] = [await make(), await make()]
    const other = await openStudio(url)
    const readRows = studio.database.readRows.bind(studio.database)
    expect(await codeOf(known.token)).toBe('valid')
    let resume: () => void = () => undefined
    const resumed = new Promise<void>((resolve) => (resume = resolve))
    jest.spyOn(studio.database, 'readRows').mockImplementationOnce(async (...asked) => {
      const rows = await readRows<never>(...asked)
      await resumed
      return rows
    })
    const first = codeOf(paused.token)
    await other.agent.apiKeyManagerRevoke({ keyId: paused.apiKey.keyId })
    await sleep(1000)
    expect(await codeOf(known.token)).toBe('valid')
    resume()
    await first
    expect(await codeOf(paused.token)).toBe('revoked')
    await other.database.close()
  })

  it('hears within a second what another process revokes, disables or narrows', async () => {
    const { token, apiKey } = await make()
    const process = child({ url, token })
    const ask = async () => {
      process.process.send('verify')
      return ((await once(process.process, 'message')) as [string])[0]
    }
    await once(process.process, 'message')
    expect(await ask()).toBe('valid')
    await studio.agent.apiKeyManagerUpdate({ keyId: apiKey.keyId, enabled: false })
    await sleep(1000)
    expect(await ask()).toBe('disabled')
    await studio.agent.apiKeyManagerUpdate({ keyId: apiKey.keyId, enabled: true })
    await sleep(1000)
    expect(await ask()).toBe('valid')
    await studio.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
    await sleep(1000)
    expect(await ask()).toBe('revoked')
    process.process.kill()
    await process.ended
  })

  it('refuses a key that nobody used for ten minutes, and that another process revoked meanwhile', async () => {
    const { token, apiKey } = await make()
    expect(await codeOf(token)).toBe('valid')
    const other = await openStudio(url)
    await other.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
    await sleep(1000)
    studio.clock.advanceMs(600_000)
    expect(await codeOf(token)).toBe('revoked')
    await other.database.close()
  })

  it('answers 503 once it has had no word of the database for five seconds, and grants nothing', async () => {
    const { token, apiKey } = await make()
    expect(await codeOf(token)).toBe('valid')
    const now = performance.now.bind(performance)
    let laterMs = 0
    jest.spyOn(performance, 'now').mockImplementation(() => now() + laterMs)
    jest.spyOn(studio.database, 'readRows').mockRejectedValue(new Error('gone'))
    if (engine === 'sqlite') {
      await studio.database.write((manager) => manager.query('CREATE TABLE other (id integer)'), {
        acrossTenants: true,
      })
    }
    laterMs = 4000
    expect(await codeOf(token)).toBe('valid')
    laterMs = 5001
    await expect(codeOf(token)).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
    jest.spyOn(studio.database, 'readRows').mockRestore()
    const other = await openStudio(url)
    await other.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
    laterMs = 10_000
    expect(await codeOf(token)).toBe('revoked')
    await other.database.close()
  })

  it('keeps no more keys than it may, and those that are used', async () => {
    const small = await openStudio(url, { cachedKeys: 10 })
    const made = await Promise.all(Array.from({ length: 40 }, make))
    const [favourite, ...others] = made.map(({ token }) => token) as [string, ...string[]]
    expect(await codeOf(favourite, small)).toBe('valid')
    for (const token of others) {
      expect(await codeOf(token, small)).toBe('valid')
      expect(await codeOf(favourite, small)).toBe('valid')
    }
    const read = jest.spyOn(small.database, 'readRows')
    expect(await codeOf(favourite, small)).toBe('valid')
    const lookUps = () => read.mock.calls.filter(([statement]) => statement.includes('"keyId" = ?')).length
    expect(lookUps()).toBe(0)
    for (const token of others) await codeOf(token, small)
    expect(lookUps()).toBeGreaterThanOrEqual(29)
    await small.database.close()
  })

  it(`takes ${FORGERIES} forgeries without a query, and without growing`, async () => {
    const forgers = new Peppers([{ version: 1, key: pepperOf(9) }])
    const { token } = await make()
    expect(await codeOf(token)).toBe('valid')
    const read = jest.spyOn(studio.database, 'readRows')
    const forged = Array.from({ length: 1000 }, () => generateApiKeyToken(forgers, 'live').token)
    const run = async (count: number) => {
      for (let at = 0; at < count; at += 1) {
        if ((await codeOf(forged[at % 1000] ?? '')) !== 'unknown') throw new Error('a forgery was taken for a key')
      }
    }
    await run(FORGERIES / 10)
    const before = heapUsed()
    await run(FORGERIES)
    // A hundredth of what it would take to keep them.
    expect(heapUsed() - before).toBeLessThan(10 * FORGERIES)
    expect(read).not.toHaveBeenCalled()
  })
})
