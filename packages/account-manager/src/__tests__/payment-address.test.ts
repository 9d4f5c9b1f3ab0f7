import { describe, expect, it } from '@jest/globals'
import { bech32 } from '@scure/base'
import { toPaymentAddress } from '../payment-address.js'

describe('a payment address', () => {
  it('is what the Cosmos SDK makes of a public key', () => {
    // The faucet account of the tests of cosmjs.
    const publicKeyHex = Buffer.from('A08EGB7ro1ORuFhjOnZcSgwYlpe0DSFjVNUIkNNQxwKQ', 'base64').toString('hex')
    const { prefix, words } = bech32.decode(toPaymentAddress(publicKeyHex) as `${string}1${string}`)
    expect(prefix).toBe('cheqd')
    expect(bech32.encode('cosmos', words)).toBe('cosmos1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs6')
  })

  it('is what cheqd makes of a public key', () => {
    // The first account of the local network of cheqd-node, at m/44'/118'/0'/0/0 of its published mnemonic.
    expect(toPaymentAddress('02b6f0a1d2cab692aeb734facc215fb47f6283deee484b16c9756369ab9b6ad703')).toBe(
      'cheqd1rnr5jrt4exl0samwj0yegv99jeskl0hsxmcz96',
    )
  })

  it.each([
    ['nothing', ''],
    ['an uncompressed key', `04${'11'.repeat(64)}`],
    ['a key that is too short', `02${'11'.repeat(31)}`],
    ['what is not hex', `02${'zz'.repeat(32)}`],
  ])('is not made of %s', (_what, publicKeyHex) => {
    expect(() => toPaymentAddress(publicKeyHex)).toThrow(TypeError)
  })
})
