import { KEY_ALG_MAPPING } from '@veramo/core-types'

export const KEY_TYPES = ['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1'] as const

/** The types of keys that are held here. */
export type KeyType = (typeof KEY_TYPES)[number]

/** What `meta.algorithms` of a key says, in the order of `@veramo/kms-local`. */
export const KEY_ALGORITHMS: Readonly<Record<KeyType, readonly string[]>> = {
  Ed25519: [...(KEY_ALG_MAPPING['Ed25519'] ?? []), 'Ed25519'],
  X25519: KEY_ALG_MAPPING['X25519'] ?? [],
  Secp256k1: [
    ...(KEY_ALG_MAPPING['Secp256k1'] ?? []),
    'eth_signTransaction',
    'eth_signTypedData',
    'eth_signMessage',
    'eth_rawSign',
  ],
  Secp256r1: ['ES256'],
}

export function isKeyType(type: string): type is KeyType {
  return KEY_TYPES.some((known) => known === type)
}
