import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Ledger } from '../index.js'

describe('the chain key', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['bytes', randomBytes(32)],
    ['too short', createSecretKey(randomBytes(31))],
    ['a public key', generateKeyPairSync('ed25519').publicKey],
  ])('is refused where it is %s', (_what, chainKey) => {
    expect(() => new Ledger({ chainKey: chainKey as never })).toThrow(
      'setting_invalid: chainKey must be a secret KeyObject',
    )
  })

  it('does not show when a ledger is printed', () => {
    const bytes = randomBytes(32)
    const ledger = new Ledger({ chainKey: createSecretKey(bytes) })
    const printed = inspect(ledger, { depth: 10, showHidden: true }) + JSON.stringify(ledger)
    const shapes = [inspect(bytes).slice(8, -1), bytes.toString('hex'), bytes.toString('base64')]
    expect(shapes.filter((shape) => printed.includes(shape))).toEqual([])
  })
})
