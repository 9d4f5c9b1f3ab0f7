import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { bytesToBase58, hexToBytes } from '@veramo/utils'
import type { DIDDocument, VerificationMethod } from 'did-resolver'
import { publicKeysOf } from '../public-keys.js'

const document = (...methods: Partial<VerificationMethod>[]) =>
  ({ id: 'did:x:y', verificationMethod: methods }) as unknown as DIDDocument

function ecKey(namedCurve: 'secp256k1' | 'prime256v1') {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const [xHex, yBytes] = [Buffer.from(x, 'base64url').toString('hex'), Buffer.from(y, 'base64url')]
  const compressed = `0${2 + ((yBytes.at(-1) ?? 0) & 1)}${xHex}`
  return {
    publicKeyJwk: { kty: 'EC', crv: namedCurve === 'secp256k1' ? namedCurve : 'P-256', x, y },
    both: [compressed, `04${xHex}${yBytes.toString('hex')}`],
  }
}

describe('the public keys of a document', () => {
  it('are read in every form, as stores write them', () => {
    const hex = 'ab'.repeat(32)
    const base58 = { type: 'Ed25519VerificationKey2018', publicKeyBase58: bytesToBase58(hexToBytes(hex)) }
    const jwk = {
      type: 'JsonWebKey2020',
      publicKeyJwk: { kty: 'OKP', crv: 'X25519', x: Buffer.from(hex, 'hex').toString('base64url') },
    }
    expect(publicKeysOf(document(base58))).toEqual([hex])
    expect(publicKeysOf(document(jwk, base58))).toEqual([hex])
    for (const curve of ['secp256k1', 'prime256v1'] as const) {
      const { publicKeyJwk, both } = ecKey(curve)
      expect(publicKeysOf(document({ type: 'JsonWebKey2020', publicKeyJwk })).sort()).toEqual([...both].sort())
    }
  })

  it('are none where a method is no key, and do not go on for ever', () => {
    const broken = { type: 'EcdsaSecp256k1VerificationKey2019', publicKeyHex: '05'.repeat(33) }
    expect(publicKeysOf(document({ type: 'X' }, { type: 'X', publicKeyMultibase: 'z!' }, broken))).toEqual([])
    expect(publicKeysOf({ id: 'did:x:y' })).toEqual([])
    const many = Array.from({ length: 400 }, (_none, at) => ({
      type: 'Ed25519VerificationKey2020',
      publicKeyHex: at.toString(16).padStart(64, '0'),
    }))
    expect(publicKeysOf(document(...many))).toHaveLength(250)
  })
})
