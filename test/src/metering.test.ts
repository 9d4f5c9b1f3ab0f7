import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import type { Account } from '@veramo-studio/account-manager'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import type { BillingUsage, BooksReport, MeterUsage } from '@veramo-studio/billing-manager'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { AGENT_FILE, CLI, freePort, freshEnvironment } from './agents/environment.js'
import { ServiceProcess } from './agents/service-process.js'

interface Answer {
  status: number
  body: Record<string, unknown>
}

/** After a SIGKILL, what a call has left open is ended within this time of the next start. */
const RECOVERY_LIMIT_MS = 5000

describeOnEachDatabase('metered calls of several processes', (fresh, engine) => {
  const running: ServiceProcess[] = []
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.stop()))
  })

  async function startService(environment: Record<string, string>, args?: string[]): Promise<ServiceProcess> {
    const service = new ServiceProcess(environment, args && [CLI, ...args])
    running.push(service)
    await service.start()
    return service
  }

  async function call(
    service: ServiceProcess,
    headers: Record<string, string>,
    [method, args]: [string, object],
  ): Promise<Answer> {
    const response = await fetch(`${service.baseUrl}/agent/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(args),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  async function newKey(service: ServiceProcess, units = 0): Promise<{ 'x-api-key': string }> {
    const operator = { 'x-api-key': service.operatorToken }
    const account = (await call(service, operator, ['accountManagerCreate', { name: 'x' }])).body as unknown as Account
    const { customerId } = account
    if (units > 0) {
      const grant = { customerId, meter: 'did.create', units, reason: 'a test', idempotencyKey: 'x' }
      await call(service, operator, ['billingManagerGrantCredit', grant])
    }
    const made = await call(service, operator, ['apiKeyManagerCreate', { customerId, name: 'x' }])
    return { 'x-api-key': (made.body as unknown as ApiKeyManagerCreateResult).token }
  }

  async function usage(service: ServiceProcess, key: { 'x-api-key': string }): Promise<MeterUsage> {
    const { body } = await call(service, key, ['billingManagerGetUsage', {}])
    return (body as unknown as BillingUsage).meters[0]!
  }

  async function didsOf(service: ServiceProcess, key: { 'x-api-key': string }): Promise<string[]> {
    const { body } = await call(service, key, ['didManagerFind', {}])
    return (body as unknown as { did: string }[]).map(({ did }) => did)
  }

  async function booksOf(service: ServiceProcess): Promise<BooksReport> {
    const { body } = await call(service, { 'x-api-key': service.operatorToken }, ['billingManagerVerifyBooks', {}])
    return body as unknown as BooksReport
  }

  it('let exactly as many pass as there are units: the rest is 402, and nothing stays held', async () => {
    const environment = await freshEnvironment(await fresh())
    const first = await startService(environment)
    const second = await startService({ ...environment, PORT: String(await freePort()) })
    const key = await newKey(first)
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_unused, index) =>
        call(index % 2 === 0 ? first : second, key, ['didManagerCreate', {}]),
      ),
    )
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect([count(200), count(402)]).toEqual([20, 40])
    expect(await usage(second, key)).toMatchObject({ used: 20, held: 0, remaining: 0 })
    expect(await didsOf(first, key)).toHaveLength(20)
    expect(await booksOf(second)).toMatchObject({ valid: true })
  })

  it('are limited as agent.yml says: who changes a limit there and restarts sees it in the usage', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-limits-'))
    const file = join(directory, 'agent.yml')
    const shipped = readFileSync(AGENT_FILE, 'utf8')
    const environment = await freshEnvironment(await fresh())
    const startWith = async (limit: string) => {
      const text = shipped.replace('limits: { did.create: 20, credential.issue: 100 }', `limits: { ${limit} }`)
      expect(text.includes(limit)).toBe(true)
      writeFileSync(file, text)
      return startService(environment, ['--config', file, 'start'])
    }
    const first = await startWith('did.create: 20, credential.issue: 100')
    const key = await newKey(first)
    await call(first, key, ['didManagerCreate', {}])
    expect(await usage(first, key)).toMatchObject({ used: 1, limit: 20, remaining: 19 })
    await first.stop()

    const second = await startWith('did.create: 2, credential.issue: 100')
    expect(await usage(second, key)).toMatchObject({ used: 1, limit: 2, remaining: 1 })
    expect((await call(second, key, ['didManagerCreate', {}])).status).toBe(200)
    expect((await call(second, key, ['didManagerCreate', {}])).status).toBe(402)
    await second.stop()

    const third = await startWith('did.create: { day: 3, trial: 9 }, credential.issue: 100')
    expect((await usage(third, key)).limits).toMatchObject([
      { per: 'day', used: 2, limit: 3, remaining: 1 },
      { per: 'trial', used: 2, limit: 9, remaining: 7 },
    ])
    expect(await booksOf(third)).toMatchObject({ valid: true })
  })

  it('are each paid for once through a SIGKILL, when all are sent again with their keys', async () => {
    const total = 200
    const environment = await freshEnvironment(await fresh())
    const first = await startService(environment)
    const key = await newKey(first, total)
    const idempotencyKeys = Array.from({ length: total }, () => randomUUID())
    const create = (service: ServiceProcess, idempotencyKey: string) =>
      call(service, { ...key, 'idempotency-key': idempotencyKey }, ['didManagerCreate', {}])

    const sent = idempotencyKeys.map((each) => create(first, each).catch(() => undefined))
    while ((await usage(first, key)).used < total / 4) await sleep(5)
    await first.signal('SIGKILL')
    const before = (await Promise.all(sent)).filter((answer) => answer?.status === 200).length
    expect(before).toBeLessThan(total)

    const second = await startService(environment)
    await sleep(RECOVERY_LIMIT_MS)
    expect(await usage(second, key)).toMatchObject({ held: 0 })
    const answers = await Promise.all(idempotencyKeys.map((each) => create(second, each)))
    expect(answers.filter(({ status }) => status !== 200 && status !== 409)).toEqual([])
    const made = answers.map(({ status, body }) => {
      if (status === 200) return String(body['did'])
      expect(body['code']).toBe('answer_lost')
      return (body['made'] as { kind: string; id: string }[]).find(({ kind }) => kind === 'did')?.id
    })
    expect(new Set(made).size).toBe(total)
    expect([...(await didsOf(second, key))].sort()).toEqual([...made].sort())
    expect(await usage(second, key)).toMatchObject({ used: total, held: 0 })
    expect(await booksOf(second)).toMatchObject({ valid: true })
  })

  it('are in books that name the first row which was changed', async () => {
    const url = await fresh()
    const environment = await freshEnvironment(url)
    const first = await startService(environment)
    const key = await newKey(first)
    for (let count = 0; count < 3; count += 1) await call(first, key, ['didManagerCreate', {}])
    expect(await booksOf(first)).toMatchObject({ valid: true })
    await first.stop()
    const database = await openDatabase({ url, entities: [], migrations: [] })
    await database.write((manager) => manager.query('UPDATE studio_ledger_entry SET amount = amount + 1 WHERE seq = 3'))
    await database.close()
    const report = await booksOf(await startService(environment))
    expect(report).toMatchObject({ valid: false, firstBreak: { seq: '3', customerId: expect.any(String) } })
  })

  it('are 503 and free while the store is broken, and served again when it is mended', async () => {
    const url = await fresh()
    const service = await startService(await freshEnvironment(url))
    const key = await newKey(service)
    await call(service, key, ['didManagerCreate', {}])
    const database = await openDatabase({ url, entities: [], migrations: [] })
    const rename = (from: string, to: string) =>
      database.write((manager) => manager.query(`ALTER TABLE ${from} RENAME TO ${to}`))
    await rename('studio_did', 'studio_did_gone')
    const broken = await call(service, key, ['didManagerCreate', {}])
    expect([broken.status, broken.body['code']]).toEqual([503, 'store_unavailable'])
    await rename('studio_did_gone', 'studio_did')
    const deadline = Date.now() + RECOVERY_LIMIT_MS
    while ((await usage(service, key)).held > 0 && Date.now() < deadline) await sleep(100)
    expect(await usage(service, key)).toMatchObject({ used: 1, held: 0 })
    expect((await call(service, key, ['didManagerCreate', {}])).status).toBe(200)
    if (engine === 'sqlite') {
      // Another process that writes for long is a store that does not answer.
      let release: () => void = () => undefined
      const blocked = database.write(() => new Promise<void>((resolve) => (release = resolve)))
      await sleep(100)
      const waiting = await call(service, key, ['didManagerCreate', {}])
      expect([waiting.status, waiting.body['code']]).toEqual([503, 'store_unavailable'])
      release()
      await blocked
      expect(await usage(service, key)).toMatchObject({ used: 2, held: 0 })
    }
    await database.close()
  })
})
