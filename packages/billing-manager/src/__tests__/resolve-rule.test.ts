import { describe, expect, it } from '@jest/globals'
import type { MethodRule } from '../method-rule.js'
import { resolveRule } from '../resolve-rule.js'
import { errorOf } from './studio.js'

const CREATE: MethodRule = {
  defaults: { '/provider': 'did:key' },
  when: [
    { args: { '/provider': 'did:cheqd*' }, effect: 'ledger', meter: 'did.create.cheqd' },
    { args: { '/provider': 'did:key', '/options/keyType': 'Ed25519' }, effect: 'pure', free: true },
    { effect: 'stored', meter: 'did.create', makes: 'did' },
  ],
}
const meterOf = (args: unknown, rule: MethodRule = CREATE) => resolveRule(rule, args)?.meter ?? null
const refusalOf = (args: unknown, rule: MethodRule = CREATE) =>
  errorOf(Promise.resolve().then(() => resolveRule(rule, args)))

describe('the rule of a call', () => {
  it('is that of the first case whose conditions all hold, else the last', () => {
    expect(meterOf({ provider: 'did:cheqd:testnet' })).toBe('did.create.cheqd')
    expect(meterOf({ provider: 'did:cheqd' })).toBe('did.create.cheqd')
    expect(meterOf({ provider: 'did:web' })).toBe('did.create')
    expect(meterOf({ provider: 'did:key', options: { keyType: 'Ed25519' } })).toBeNull()
    expect(meterOf({ provider: 'did:key', options: { keyType: 'Secp256k1' } })).toBe('did.create')
    expect(meterOf({ provider: 'xdid:cheqd:testnet' })).toBe('did.create')
  })

  it('takes an argument that is left out for what it means', () => {
    const cheqd = { ...CREATE, defaults: { '/provider': 'did:cheqd:mainnet' } }
    for (const args of [undefined, null, {}, { provider: null }, { provider: '' }, { provider: undefined }]) {
      expect(meterOf(args, cheqd)).toBe('did.create.cheqd')
      expect(meterOf(args)).toBe('did.create')
    }
  })

  it('cannot be slipped past by what only looks like another value', async () => {
    for (const provider of [['did:cheqd:testnet'], { toString: 'did:cheqd:testnet' }, [[]]]) {
      expect(await refusalOf({ provider })).toMatchObject({ code: 'invalid_argument', status: 400 })
    }
    const inherited = Object.create({ provider: 'did:cheqd:testnet' }) as object
    expect(meterOf(inherited)).toBe('did.create')
  })

  it('compares numbers and truth values as they are', () => {
    const rule: MethodRule = {
      when: [
        { args: { '/a~1b/0': true }, effect: 'pure', meter: 'yes' },
        { args: { '/n': 1 }, effect: 'pure', meter: 'one' },
        { effect: 'pure', meter: 'other' },
      ],
    }
    expect(meterOf({ 'a/b': [true] }, rule)).toBe('yes')
    expect(meterOf({ 'a/b': ['true'], n: '1' }, rule)).toBe('other')
    expect(meterOf({ n: 1 }, rule)).toBe('one')
  })
})

describe('the units of a call', () => {
  const unitsOf = (units: NonNullable<Extract<MethodRule, { meter: string }>['units']>, args: unknown) =>
    resolveRule({ effect: 'pure', meter: 'm', units, defaults: { '/count': 2 } }, args)?.units

  it('are one, a number, the length of a list or a number among the arguments', () => {
    expect(resolveRule({ effect: 'pure', meter: 'm' }, {})?.units).toBe(1)
    expect(unitsOf(3, {})).toBe(3)
    expect(unitsOf('/items', { items: ['a', 'b', 'c', 'd'] })).toBe(4)
    expect(unitsOf('/batch/count', { batch: { count: 7 } })).toBe(7)
    expect(unitsOf('/count', {})).toBe(2)
    expect(unitsOf({ of: '/items', max: 2 }, { items: [1, 2] })).toBe(2)
  })

  it.each([
    ...[[], 0, -1, 1.5, NaN, Infinity, '3', '', true, {}, null, undefined, { length: 3 }, Array(1001)],
    ...[1001, 2 ** 53, new Array<number>(1001).fill(0)],
  ])('are refused where they cannot be told from %j', async (items) => {
    const rule: MethodRule = { effect: 'pure', meter: 'm', units: '/items' }
    expect(await refusalOf({ items }, rule)).toMatchObject({ code: 'invalid_argument', status: 400 })
  })

  it('are refused past the most that a call may take', async () => {
    const rule: MethodRule = { effect: 'pure', meter: 'm', units: { of: '/items', max: 2 } }
    expect(await refusalOf({ items: [1, 2, 3] }, rule)).toMatchObject({ message: expect.stringContaining('1 to 2') })
  })
})
