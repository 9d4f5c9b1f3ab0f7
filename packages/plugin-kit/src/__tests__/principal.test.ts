import { describe, expect, it } from '@jest/globals'
import { isActingFor, isPermitted, patternCovers, type Principal } from '../index.js'

describe('a permission', () => {
  it.each([
    ['*', 'didManagerCreate'],
    ['*', 'didManager*'],
    ['*', '*'],
    ['didManager*', 'didManagerCreate'],
    ['didManager*', 'didManager*'],
    ['didManager*', 'didManagerGet*'],
    ['didManagerCreate', 'didManagerCreate'],
  ])('%s covers %s', (pattern, requested) => expect(patternCovers(pattern, requested)).toBe(true))

  it.each([
    ['didManager*', '*'],
    ['didManager*', 'did*'],
    ['didManager*', 'keyManagerCreate'],
    ['didManagerCreate', 'didManagerCreateAndMore'],
    ['didManagerCreate', 'didManagerCreate*'],
    ['didManagerCreate', 'didManager'],
    ['didManagerCreate', 'didmanagercreate'],
    ['did*Create', 'didManagerCreate'],
    ['*Create', 'didManagerCreate'],
    ['did.anagerCreate', 'didManagerCreate'],
    ['', 'didManagerCreate'],
  ])('%s does not cover %s', (pattern, requested) => expect(patternCovers(pattern, requested)).toBe(false))

  it('is needed: none allows nothing', () => {
    expect(isPermitted([], 'didManagerCreate')).toBe(false)
    expect(isPermitted(['keyManager*', 'didManagerGet'], 'didManagerCreate')).toBe(false)
    expect(isPermitted(['keyManager*', 'didManager*'], 'didManagerCreate')).toBe(true)
  })
})

describe('acting for a customer', () => {
  const principal = (role: Principal['role'], tenantId: string): Principal => ({
    role,
    tenantId,
    permissions: ['*'],
    environment: 'live',
  })

  it('is what an operator does in a customer’s tenant, and nobody else anywhere', () => {
    expect(isActingFor(principal('operator', 'ann'))).toBe(true)
    expect(isActingFor(principal('operator', 'operator'))).toBe(false)
    expect(isActingFor(principal('customer', 'ann'))).toBe(false)
  })
})
