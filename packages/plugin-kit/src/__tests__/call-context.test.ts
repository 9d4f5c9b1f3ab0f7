import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { currentContext, runAsOperator, runAsPrincipal, runInTenant, type Principal } from '../index.js'

const customer: Principal = { tenantId: 'ann', role: 'customer', permissions: ['*'], environment: 'live' }
const operator: Principal = { tenantId: 'operator', role: 'operator', permissions: ['*'], environment: 'live' }

const tenantOf = () => currentContext().scope

describe('the context of a call', () => {
  it('is empty where nobody named a tenant', () => {
    expect(currentContext()).toEqual({})
  })

  it('names the tenant and nobody who calls, for the operator’s own code', () => {
    expect(runInTenant('ann', currentContext)).toEqual({ scope: { kind: 'tenant', tenantId: 'ann' } })
  })

  it('reaches across tenants for runAsOperator only', () => {
    expect(runAsOperator(currentContext)).toEqual({ scope: { kind: 'operator' } })
  })

  it('names the principal, and its tenant as the scope', () => {
    expect(runAsPrincipal(customer, currentContext)).toMatchObject({
      principal: customer,
      scope: { kind: 'tenant', tenantId: 'ann' },
    })
  })

  it('is that of the customer for whom an operator acts', () => {
    const acting = { ...operator, tenantId: 'ann' }
    expect(runAsPrincipal(acting, currentContext)).toMatchObject({
      principal: acting,
      scope: { kind: 'tenant', tenantId: 'ann' },
    })
  })

  it('has no tenant, and does not reach across tenants, for an operator who acts for nobody', () => {
    const context = runAsPrincipal(operator, currentContext)
    expect(context.principal).toBe(operator)
    expect(context.scope).toBeUndefined()
  })

  it('survives awaits, timers and events, each call with its own', async () => {
    const seen = await Promise.all(
      ['ann', 'bob', 'cyd'].map((tenantId, index) =>
        runInTenant(tenantId, async () => {
          const scopes = [tenantOf()]
          await sleep(5 * (3 - index))
          scopes.push(tenantOf())
          await nextTurn()
          scopes.push(await new Promise((resolve) => setImmediate(() => resolve(tenantOf()))))
          scopes.push(await new Promise((resolve) => process.nextTick(() => resolve(tenantOf()))))
          return scopes
        }),
      ),
    )
    const expected = (tenantId: string) => Array.from({ length: 4 }, () => ({ kind: 'tenant', tenantId }))
    expect(seen).toEqual([expected('ann'), expected('bob'), expected('cyd')])
    expect(tenantOf()).toBeUndefined()
  })

  it('is the outer one again when an inner one ends, also by an error', () => {
    runInTenant('ann', () => {
      runInTenant('bob', () => expect(tenantOf()).toEqual({ kind: 'tenant', tenantId: 'bob' }))
      expect(() =>
        runAsOperator(() => {
          throw new Error('inner')
        }),
      ).toThrow('inner')
      expect(tenantOf()).toEqual({ kind: 'tenant', tenantId: 'ann' })
    })
  })

  it('keeps the faults of an authenticated call together, also those of raw code that serves a part of it', () => {
    runAsPrincipal(customer, () => {
      const { storeFaults } = currentContext()
      expect(storeFaults).toEqual([])
      expect(runInTenant('bob', currentContext).storeFaults).toBe(storeFaults)
      expect(runAsOperator(currentContext).storeFaults).toBe(storeFaults)
      expect(runAsOperator(currentContext).principal).toBeUndefined()
      expect(runAsPrincipal(customer, currentContext).storeFaults).not.toBe(storeFaults)
    })
  })

  it.each(['', 'operator', undefined, null, 7, ['ann']])('refuses %p as the id of a tenant', (tenantId) => {
    const work = () => 'ran'
    expect(() => runInTenant(tenantId as string, work)).toThrow(expect.objectContaining({ code: 'tenant_required' }))
    expect(() => runAsPrincipal({ ...customer, tenantId: tenantId as string }, work)).toThrow(
      expect.objectContaining({ code: 'tenant_required' }),
    )
  })
})
