import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../canonical-json.js'

describe('canonical JSON', () => {
  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))),
      ),
    )
  })

  it('is the same whatever the order of the members', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [{ c: 2, d: 1 }] }))
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
  })

  it('leaves out members that are undefined, as JSON does', () => {
    expect(canonicalJson({ a: 1, b: undefined })).toBe('{"a":1}')
  })

  it.each<[string, unknown]>([
    ['a bigint', 1n],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a function', () => 1],
    ['undefined in a list', [undefined]],
    ['a hole in a list', Array(1)],
    ['infinity', Infinity],
  ])('refuses %s', (_what, value) => {
    expect(() => canonicalJson({ value })).toThrow('invalid_argument')
  })

  it('refuses an object that contains itself', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(() => canonicalJson(value)).toThrow('invalid_argument')
  })
})
