import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { createAgent } from '@veramo/core'
import type { IAgent, IAgentPlugin, IDataStoreORM, IIdentifier, VerifiableCredential } from '@veramo/core-types'
import { ApiKeyManager } from '@veramo-studio/api-key-manager'
import { DataStore, DataStoreORM } from '@veramo-studio/data-store'
import { parseSecret, runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { embeddedContext } from './agents/embedded.js'
import { newCustomer } from './agents/suite-context.js'

jest.setTimeout(1_800_000)

const TENANTS = 50
const OPERATIONS = process.env['SOAK'] ? 10_000 : 1000

/** Tables of the stores, and a column whose text names the tenant that stored the row. */
const NAMING: [table: string, column: string][] = [
  ['studio_credential', 'raw'],
  ['studio_message', 'raw'],
  ['studio_key', 'kid'],
  ['studio_sealed_key', 'kid'],
]

const tenantOf = (index: number) => `tenant-${index % TENANTS}-`

describeOnEachDatabase('many tenants at once', (fresh) => {
  const context = embeddedContext(fresh)
  let agent: IAgent
  let database: Database

  beforeAll(async () => {
    await context.setup()
    ;({ agent, database } = context.parts())
  })
  afterAll(() => context.tearDown())

  it('leave every row and every signature with its owner', async () => {
    const issued = new Map<string, VerifiableCredential[]>()
    const dids = new Map<string, string>()
    await Promise.all(
      Array.from({ length: TENANTS }, (_unused, index) =>
        runInTenant(tenantOf(index), async () => {
          const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', { alias: 'same' })
          dids.set(tenantOf(index), did)
        }),
      ),
    )
    const operations: ((tenant: string, index: number) => Promise<unknown>)[] = [
      async (tenant, index) => {
        const credential = {
          issuer: { id: dids.get(tenant) },
          credentialSubject: { id: 'did:example:a', name: tenant, index },
        }
        const verifiableCredential = await agent.execute<object, VerifiableCredential>('createVerifiableCredential', {
          ...{ credential, proofFormat: 'jwt' },
        })
        issued.set(tenant, [...(issued.get(tenant) ?? []), verifiableCredential])
        return agent.execute<object, string>('dataStoreSaveVerifiableCredential', { verifiableCredential })
      },
      (tenant, index) =>
        agent.execute('dataStoreSaveMessage', {
          message: { id: `same-${index % 7}`, type: 'x', raw: `${tenant}${index}` },
        }),
      (tenant, index) => agent.execute('keyManagerCreate', { kms: 'local', type: 'Ed25519', kid: `${tenant}${index}` }),
      // Fails, among others.
      (_tenant, index) =>
        agent
          .execute('dataStoreSaveMessage', { message: { id: `bad-${index}`, type: 'x', createdAt: 'no date' } })
          .catch(() => 0),
      (_tenant, index) => agent.execute('dataStoreDeleteMessage', { id: `same-${index % 7}` }),
    ]
    const WIDTH = 200
    for (let start = 0; start < OPERATIONS; start += WIDTH) {
      await Promise.all(
        Array.from({ length: WIDTH }, async (_unused, offset) => {
          const index = start + offset
          const tenant = tenantOf(index * 7)
          // Each tenant does each of them in its turn.
          const turn = index + Math.floor(index / TENANTS)
          return runInTenant(tenant, () => operations[turn % operations.length]?.(tenant, index))
        }),
      )
    }
    for (const [table, column] of NAMING) {
      const rows = await database.read(
        (manager) =>
          manager.query<Record<string, string>[]>(
            `SELECT "tenantId", "${column}" FROM "${table}" WHERE "tenantId" LIKE 'tenant-%'`,
          ),
        { acrossTenants: true },
      )
      expect(rows.length).toBeGreaterThan(TENANTS / 2)
      const named = rows.filter((row) => /tenant-\d+-/.test(String(row[column])))
      expect(named.filter((row) => !String(row[column]).includes(String(row['tenantId'])))).toEqual([])
    }
    for (const [tenant, credentials] of issued) {
      const own = await runInTenant(tenant, () => agent.execute<object, IIdentifier[]>('didManagerFind', {}))
      expect(own.map(({ did }) => did)).toEqual([dids.get(tenant)])
      for (const credential of credentials) {
        expect(credential.issuer).toEqual({ id: dids.get(tenant) })
        expect(credential.credentialSubject['name']).toBe(tenant)
        expect(await agent.execute('verifyCredential', { credential })).toMatchObject({ verified: true })
      }
    }
  })

  it('are out of reach of a plugin that has forgotten whom it serves', async () => {
    const events = new EventEmitter()
    const outcomes: string[] = []
    const jobs: (() => Promise<void>)[] = []
    const store = createAgent<IDataStoreORM>({ plugins: [new DataStore(database), new DataStoreORM(database)] })
    const look = (place: string) => async () => {
      try {
        outcomes.push(`${place}: ${await store.dataStoreORMGetVerifiableCredentialsCount({})}`)
      } catch (error) {
        outcomes.push(`${place}: ${error instanceof Error ? error.message.split(':')[0] : ''}`)
      }
    }
    const forgetful: IAgentPlugin = {
      methods: {
        enqueue: async () => void jobs.push(look('timer')),
        detach: async () => void sleep(20).then(look('detached')),
        announce: async () => void events.emit('announced'),
      },
    }
    const timer = setInterval(() => void jobs.shift()?.(), 5)
    events.on('called', () => void look('handler')())
    const plugged = createAgent({ plugins: [forgetful] })
    await runInTenant(tenantOf(1), () => plugged.execute('enqueue', {}))
    const own = await runInTenant(tenantOf(2), () => store.dataStoreORMGetVerifiableCredentialsCount({}))
    await runInTenant(tenantOf(2), () => plugged.execute('detach', {}))
    await runInTenant(tenantOf(3), async () => events.on('announced', () => undefined))
    events.emit('called')
    await sleep(100)
    clearInterval(timer)
    expect(outcomes.sort()).toEqual([`detached: ${own}`, 'handler: tenant_required', 'timer: tenant_required'])
  })

  it('are let in by no store that answers with nothing, with nonsense or not at all', async () => {
    const { token } = await newCustomer(context)
    const pepper = parseSecret('STUDIO_PEPPER', String(process.env['STUDIO_PEPPER']))
    const broken = (answer: () => Promise<unknown>) =>
      new Proxy(database, {
        get: (target, member, receiver) =>
          member === 'read' || member === 'readRows' || member === 'write'
            ? answer
            : (Reflect.get(target, member, receiver) as unknown),
      })
    const verify = async (on: Database) => {
      const { methods } = new ApiKeyManager({ database: on, pepper })
      const verifying = (
        methods as unknown as Record<string, (args: object, context: object) => Promise<{ valid: boolean }>>
      )['apiKeyManagerVerify']
      return verifying?.({ token }, { agent })
    }
    expect(await verify(database)).toMatchObject({ valid: true })
    const answers = [[[], 0], [], null, undefined, {}, [null], [{}], 0, '', [[{}], 1]]
    for (const answer of answers) {
      const decision = await verify(broken(async () => answer)).catch(() => ({ valid: false }))
      expect([answer, decision]).toEqual([answer, expect.objectContaining({ valid: false })])
    }
    const throwing = verify(broken(() => Promise.reject(new Error('no store')))).catch(() => ({ valid: false }))
    expect(await throwing).toMatchObject({ valid: false })
  })
})
