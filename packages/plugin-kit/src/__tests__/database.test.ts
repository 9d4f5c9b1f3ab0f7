import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import {
  currentContext,
  openDatabase,
  runAsOperator,
  runAsPrincipal,
  runInTenant,
  type Database,
  type Principal,
} from '../index.js'
import { CreateNote, Note } from './note.js'

const customer: Principal = { tenantId: 'ann', role: 'customer', permissions: ['*'], environment: 'live' }
const operator: Principal = { ...customer, tenantId: 'operator', role: 'operator' }
const actingOperator: Principal = { ...operator, tenantId: 'ann' }

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('whose rows a database may be asked for', () => {
  const directory = temporaryDirectory()
  let manyTenants: Database
  let singleTenant: Database

  beforeAll(async () => {
    manyTenants = await openDatabase({ url: `sqlite:${directory}/many.sqlite`, entities: [], migrations: [] })
    singleTenant = await openDatabase({
      url: `sqlite:${directory}/single.sqlite`,
      entities: [],
      migrations: [],
      defaultTenantId: 'mine',
    })
  })

  afterAll(async () => {
    await manyTenants.close()
    await singleTenant.close()
  })

  it('are the tenant’s that the code runs in', () => {
    expect(runInTenant('ann', () => manyTenants.tenantId())).toBe('ann')
    expect(runAsPrincipal(customer, () => manyTenants.tenantId())).toBe('ann')
    expect(runAsPrincipal(actingOperator, () => manyTenants.tenantId())).toBe('ann')
  })

  it('are nobody’s where no tenant is named: it never falls back to all rows', () => {
    expect(() => manyTenants.tenantId()).toThrow(code('tenant_required'))
    expect(manyTenants.scope()).toBeUndefined()
  })

  it('are nobody’s for an operator who acts for nobody, in a single-tenant agent too', () => {
    for (const database of [manyTenants, singleTenant]) {
      expect(() => runAsPrincipal(operator, () => database.tenantId())).toThrow(code('tenant_required'))
      expect(runAsPrincipal(operator, () => database.scope())).toBeUndefined()
    }
  })

  it('are all rows for runAsOperator, which has no one tenant', () => {
    expect(runAsOperator(() => manyTenants.scope())).toEqual({ kind: 'operator' })
    expect(() => runAsOperator(() => manyTenants.tenantId())).toThrow(code('tenant_required'))
    expect(runAsOperator(() => singleTenant.scope())).toEqual({ kind: 'operator' })
  })

  it('are the agent’s own tenant’s for raw code of a single-tenant agent, and only for it', () => {
    expect(singleTenant.tenantId()).toBe('mine')
    expect(runInTenant('ann', () => singleTenant.tenantId())).toBe('ann')
    expect(runAsPrincipal(customer, () => singleTenant.tenantId())).toBe('ann')
  })

  it.each([customer, actingOperator])('concern the own customer of $role $tenantId, named or not', (principal) => {
    const customerId = (named?: string) => runAsPrincipal(principal, () => manyTenants.customerId(named))
    expect(customerId()).toBe('ann')
    expect(customerId('ann')).toBe('ann')
    expect(() => customerId('bob')).toThrow(code('not_found'))
    expect(() => customerId('')).toThrow(code('not_found'))
  })

  it('concern the customer that code outside of a tenant names, and must name', () => {
    for (const run of [runAsOperator, (work: () => string) => runAsPrincipal(operator, work)]) {
      expect(run(() => manyTenants.customerId('bob'))).toBe('bob')
      expect(() => run(() => manyTenants.customerId(undefined))).toThrow(code('invalid_argument'))
    }
  })

  it('concern the agent’s own customer in a single-tenant agent', () => {
    expect(singleTenant.customerId(undefined)).toBe('mine')
    expect(() => singleTenant.customerId('ann')).toThrow(code('not_found'))
  })
})

describeOnEachDatabase('a database', (fresh) => {
  it('reports a fault of the store to the call, also where the code above swallows it', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [Note], migrations: [CreateNote] })
    await database.close()
    const faults = await runAsPrincipal(customer, async () => {
      await database.write((manager) => manager.find(Note)).catch(() => undefined)
      return currentContext().storeFaults
    })
    expect(faults).toEqual([code('store_unavailable')])
  })

  it('reports a table that has gone missing, and nothing that is the caller’s own doing', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [Note], migrations: [CreateNote] })
    const faultsOf = (work: () => Promise<unknown>) =>
      runAsPrincipal(customer, async () => {
        await work().catch(() => undefined)
        return currentContext().storeFaults
      })
    const missing = `SELECT * FROM nowhere`
    for (const work of [
      () => database.read((manager) => manager.query(missing)),
      () => database.write((manager) => manager.query(missing)),
    ]) {
      expect(await faultsOf(work)).toEqual([code('store_unavailable')])
    }
    for (const work of [
      () => database.write((manager) => manager.query(`INSERT INTO note ("owner", id) VALUES ('t', 1)`)),
      () => database.write(() => Promise.reject(new Error('own'))),
      () => database.read(() => Promise.reject(new Error('own'))),
    ]) {
      expect(await faultsOf(work)).toEqual([])
    }
    await database.close()
  })

  it('answers a ping while it is open, and store_unavailable after', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [], migrations: [] })
    await database.ping()
    await database.close()
    await expect(database.ping()).rejects.toEqual(code('store_unavailable'))
  })

  it('can be closed twice', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [], migrations: [] })
    await database.close()
    await database.close()
  })
})
