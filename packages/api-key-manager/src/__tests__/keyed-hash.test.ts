import { createHmac, createSecretKey } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { KeyedHash } from '../keyed-hash.js'

describe('the keyed hash', () => {
  it('is HMAC-SHA-256 for keys and messages of all lengths, in any order', () => {
    const bytes = (lengths: { minLength: number; maxLength: number }) =>
      fc.uint8Array(lengths).map((each) => Buffer.from(each))
    const [keys, messages] = [bytes({ minLength: 1, maxLength: 100 }), bytes({ minLength: 0, maxLength: 64 })]
    fc.assert(
      fc.property(keys, fc.array(messages, { minLength: 1 }), (key, each) => {
        const keyedHash = new KeyedHash(createSecretKey(key))
        return each.every((message) => {
          const text = message.toString('binary')
          const expected = createHmac('sha256', key).update(message).digest()
          return (
            keyedHash.of(text, 'hex') === expected.toString('hex') &&
            keyedHash.of(text, 'binary') === expected.toString('binary')
          )
        })
      }),
    )
  })

  it('refuses a message that it has no room for', () => {
    const keyedHash = new KeyedHash(createSecretKey(Buffer.alloc(32, 1)))
    expect(() => keyedHash.of('x'.repeat(65), 'hex')).toThrow(RangeError)
  })

  it('shows nothing of its key where it is printed', () => {
    const keyedHash = new KeyedHash(createSecretKey(Buffer.alloc(32, 1)))
    expect(inspect(keyedHash, { depth: null, showHidden: true })).toBe('KeyedHash {}')
    expect(JSON.stringify(keyedHash)).toBe('{}')
  })
})
