import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto'
import { edwardsToMontgomeryPriv, edwardsToMontgomeryPub } from '@noble/curves/ed25519'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { IKey } from '@veramo/core-types'
import { keyCustodyErrors } from './errors.js'
import { toPrivateKeyBytes, toSigningKey, type SigningKey } from './signing-key.js'

/** SubjectPublicKeyInfo up to the public key, RFC 8410. */
const X25519_SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')

/** X25519 in hex. Keys of Ed25519, on either side, are converted. */
export function computeSharedSecret(myKey: SigningKey, theirKey: Pick<IKey, 'type' | 'publicKeyHex'>): string {
  if (!isNonEmpty(theirKey.type) || !isNonEmpty(theirKey.publicKeyHex)) {
    throw kitErrors.invalid_argument(`args.theirKey must contain 'type' and 'publicKeyHex'`)
  }
  const privateKey = toX25519(myKey)
  const isEdwards = theirKey.type === 'Ed25519'
  if (!isEdwards && theirKey.type !== 'X25519') throw unsupported(theirKey.type)
  try {
    const publicKey = toX25519PublicKey(theirKey.publicKeyHex, isEdwards)
    return diffieHellman({ privateKey, publicKey }).toString('hex')
  } catch (cause) {
    // Not a point, or one of the few that give the same secret to everybody.
    throw kitErrors.invalid_argument(`args.theirKey is not a public key of ${theirKey.type}`, { cause })
  }
}

function toX25519(signingKey: SigningKey): KeyObject {
  if (signingKey.keyType === 'X25519') return signingKey.key
  if (signingKey.keyType !== 'Ed25519') throw unsupported(signingKey.keyType)
  const seed = toPrivateKeyBytes(signingKey)
  const converted = Buffer.from(edwardsToMontgomeryPriv(seed))
  const { key } = toSigningKey('X25519', converted)
  seed.fill(0)
  converted.fill(0)
  return key
}

function toX25519PublicKey(hex: string, isEdwards: boolean): KeyObject {
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.length !== 32 || hex.length !== 64) throw new TypeError('not 32 bytes in hex')
  const key = Buffer.concat([X25519_SPKI_PREFIX, isEdwards ? edwardsToMontgomeryPub(bytes) : bytes])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

function unsupported(type: string): Error {
  return keyCustodyErrors.not_supported(`can't compute shared secret for type=${type}`)
}

function isNonEmpty(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
