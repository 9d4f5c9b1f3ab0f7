import { expect, it } from '@jest/globals'
import type { IAgent } from '@veramo/core-types'
import { kitErrors, openDatabase, runInTenant } from '@veramo-studio/plugin-kit'
import { createAgent } from '@veramo/core'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { tenantAgent } from '../index.js'
import { customer, openAgent, operator } from './open-agent.js'

type Named = IAgent & Record<string, (args?: unknown) => Promise<unknown>>

const directory = temporaryDirectory()

it('runs each call in its principal’s tenant, also when many run at once', async () => {
  const agent = openAgent()
  const scopes = await Promise.all(
    Array.from({ length: 50 }, (_unused, index) => tenantAgent(agent, customer(`c${index}`)).execute('whoAmI', {})),
  )
  expect(scopes).toEqual(scopes.map((_scope, index) => ({ kind: 'tenant', tenantId: `c${index}` })))
})

it('runs an operator in no tenant, and in the customer’s when it acts for one', async () => {
  expect(await tenantAgent(openAgent(), operator()).execute('whoAmI', {})).toBeNull()
  const acting = tenantAgent(openAgent(), operator('c1'))
  expect(await acting.execute('whoAmI', {})).toEqual({ kind: 'tenant', tenantId: 'c1' })
})

it('forgets the tenant that was there around the call', async () => {
  const agent = tenantAgent(openAgent(), operator())
  expect(await runInTenant('c1', () => agent.execute('whoAmI', {}))).toBeNull()
})

it('does not authorise again what a plugin calls while it serves a call', async () => {
  const agent = tenantAgent(openAgent(), customer('c1', ['askOther']))
  expect(await agent.execute('askOther', {})).toEqual({ kind: 'tenant', tenantId: 'c1' })
})

it('refuses what is not permitted, naming it', async () => {
  const agent = tenantAgent(openAgent(), customer('c1', ['ask*']))
  await expect(agent.execute('whoAmI', {})).rejects.toMatchObject({
    code: 'permission_denied',
    status: 403,
    extensions: { permission: 'whoAmI' },
  })
})

it('refuses operators’ methods to any customer, whatever its key permits', async () => {
  const denied = { code: 'permission_denied', extensions: { permission: 'rule' } }
  for (const permissions of [['*'], ['rule'], ['ru*']]) {
    await expect(tenantAgent(openAgent(), customer('c1', permissions)).execute('rule', {})).rejects.toMatchObject(
      denied,
    )
  }
  expect(await tenantAgent(openAgent(), operator()).execute('rule', {})).toBe('no tenant')
  await expect(tenantAgent(openAgent(), operator('operator', ['whoAmI'])).execute('rule', {})).rejects.toMatchObject(
    denied,
  )
})

it('answers a method that there is none of', async () => {
  for (const method of ['nothing', 'constructor', '__proto__', 'execute', '']) {
    const call = tenantAgent(openAgent(), customer('c1')).execute(method, {})
    await expect(call).rejects.toMatchObject({ code: 'method_not_found', status: 404 })
  }
})

it('is a Veramo agent: methods by name, those available, the schema, events', async () => {
  const agent = openAgent()
  const bound = tenantAgent(agent, customer('c1', ['whoAmI', 'fail'])) as Named
  expect(await bound['whoAmI']?.()).toEqual({ kind: 'tenant', tenantId: 'c1' })
  expect(bound.availableMethods()).toEqual(['whoAmI', 'fail'])
  expect(bound.getSchema()).toBe(agent.getSchema())
  await expect(bound['fail']?.()).rejects.toThrow('it went wrong')
  expect(bound['then']).toBeUndefined()
})

it('gives no way to the agent below', () => {
  const bound = tenantAgent(openAgent(), customer('c1')) as unknown as Record<string, unknown>
  for (const member of ['methods', 'context', 'agent', 'eventBus']) expect(bound[member]).toBeUndefined()
})

it('fails the call with the fault of the store, where a plugin swallowed it', async () => {
  const database = await openDatabase({ url: `sqlite:${directory}/fault.sqlite`, entities: [], migrations: [] })
  const broken = async () => {
    throw kitErrors.store_unavailable('the disk is gone')
  }
  const agent = createAgent({
    plugins: [
      {
        methods: {
          swallows: async () => database.read(broken, { acrossTenants: true }).catch(() => 'fine'),
          rewords: async () =>
            database.write(broken, { acrossTenants: true }).catch((error: Error) => {
              throw new Error(`invalid_argument: ${error.message}`)
            }),
        },
      },
    ],
  })
  for (const method of ['swallows', 'rewords']) {
    const call = tenantAgent(agent as IAgent, customer('c1')).execute(method, {})
    await expect(call).rejects.toMatchObject({ code: 'store_unavailable', status: 503 })
  }
  await database.close()
})

it('refuses a principal that cannot be one', () => {
  const good = customer('c1')
  for (const bad of [
    { ...good, tenantId: '' },
    { ...good, tenantId: undefined },
    { ...good, role: 'root' },
    { ...good, tenantId: 'operator' },
    { ...good, permissions: undefined },
  ]) {
    const make = () => tenantAgent(openAgent(), bad as never)
    expect(make).toThrow(expect.objectContaining({ code: 'principal_invalid' }))
  }
})
