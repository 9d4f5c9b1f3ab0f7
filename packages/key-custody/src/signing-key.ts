import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  type ED25519KeyPairOptions,
  type KeyObject,
  type X25519KeyPairOptions,
} from 'node:crypto'
import { p256 } from '@noble/curves/p256'
import { secp256k1 } from '@noble/curves/secp256k1'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { KeyType } from './key-type.js'

/** A private key ready for use, as an object that does not show when it is printed. */
export interface SigningKey {
  keyType: KeyType
  /** For Secp256k1 the secret bytes, since OpenSSL has no RFC 6979; else a private key. */
  key: KeyObject
}

const PRIVATE_KEY_BYTES = 32

/** PKCS #8 up to the private key: RFC 8410 for the Edwards curves, RFC 5915 without the public key for P-256. */
const PKCS8_PREFIX: Readonly<Record<Exclude<KeyType, 'Secp256k1'>, Buffer>> = {
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  Secp256r1: Buffer.from('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex'),
}

export function generatePrivateKey(keyType: KeyType): Buffer {
  switch (keyType) {
    case 'Ed25519':
    case 'X25519':
      return randomBytes(PRIVATE_KEY_BYTES)
    case 'Secp256k1':
      return Buffer.from(secp256k1.utils.randomPrivateKey())
    case 'Secp256r1':
      return Buffer.from(p256.utils.randomPrivateKey())
  }
}

/** A new private key, and its public one as Veramo writes it. */
export function generateKeyPair(keyType: KeyType): { bytes: Buffer; publicKeyHex: string } {
  if (keyType === 'Ed25519' || keyType === 'X25519') {
    // Of these OpenSSL makes both at once ten times faster than it works out the public key of a private one.
    const { privateKey, publicKey } = edwardsKeyPair(keyType)
    const bytes = Buffer.from(privateKey.subarray(-PRIVATE_KEY_BYTES))
    privateKey.fill(0)
    return { bytes, publicKeyHex: publicKey.subarray(-PRIVATE_KEY_BYTES).toString('hex') }
  }
  const bytes = generatePrivateKey(keyType)
  return { bytes, publicKeyHex: toPublicKeyHex(toSigningKey(keyType, bytes)) }
}

/** As DER, and never as JWK, which would be faster: `export` to JWK locks a process up for good (seen on Node 20.20.2). */
function edwardsKeyPair(keyType: 'Ed25519' | 'X25519'): { privateKey: Buffer; publicKey: Buffer } {
  const encoding: ED25519KeyPairOptions<'der', 'der'> & X25519KeyPairOptions<'der', 'der'> = {
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    publicKeyEncoding: { format: 'der', type: 'spki' },
  }
  return keyType === 'Ed25519' ? generateKeyPairSync('ed25519', encoding) : generateKeyPairSync('x25519', encoding)
}

/**
 * Reads a private key in hex: 32 bytes, for Ed25519 also 64, of which the last 32 are the public key. `invalid_argument`
 * for anything else, without what was given.
 */
export function parsePrivateKey(keyType: KeyType, hex: string): Buffer {
  const digits = String(hex).toLowerCase().replace(/^0x/, '')
  const withPublicKey = keyType === 'Ed25519' && digits.length === 4 * PRIVATE_KEY_BYTES
  if (!/^[0-9a-f]+$/.test(digits) || !(digits.length === 2 * PRIVATE_KEY_BYTES || withPublicKey)) {
    throw kitErrors.invalid_argument(`privateKeyHex must be ${PRIVATE_KEY_BYTES} bytes in hex for a key of ${keyType}`)
  }
  const bytes = Buffer.from(digits.slice(0, 2 * PRIVATE_KEY_BYTES), 'hex')
  if (!isScalar(keyType, bytes)) throw kitErrors.invalid_argument(`privateKeyHex is not a private key of ${keyType}`)
  if (withPublicKey && toPublicKeyHex(toSigningKey(keyType, bytes)) !== digits.slice(2 * PRIVATE_KEY_BYTES)) {
    throw kitErrors.invalid_argument('privateKeyHex ends with the public key of another private key')
  }
  return bytes
}

/** Leaves the bytes to the caller to wipe. */
export function toSigningKey(keyType: KeyType, bytes: Buffer): SigningKey {
  if (keyType === 'Secp256k1') return { keyType, key: createSecretKey(bytes) }
  const der = Buffer.concat([PKCS8_PREFIX[keyType], bytes])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  return { keyType, key }
}

/** The 32 secret bytes, for what OpenSSL cannot do. The caller wipes them. */
export function toPrivateKeyBytes({ keyType, key }: SigningKey): Buffer {
  if (keyType === 'Secp256k1') return key.export()
  if (keyType === 'Secp256r1') throw new TypeError('a key of Secp256r1 is used through OpenSSL alone')
  return key.export({ format: 'der', type: 'pkcs8' }).subarray(-PRIVATE_KEY_BYTES)
}

/** As Veramo writes public keys: Secp256k1 uncompressed, Secp256r1 compressed. */
export function toPublicKeyHex(signingKey: SigningKey): string {
  if (signingKey.keyType === 'Secp256k1') {
    const bytes = toPrivateKeyBytes(signingKey)
    const publicKey = secp256k1.getPublicKey(bytes, false)
    bytes.fill(0)
    return Buffer.from(publicKey).toString('hex')
  }
  const spki = createPublicKey(signingKey.key).export({ format: 'der', type: 'spki' })
  return (signingKey.keyType === 'Secp256r1' ? compress(spki.subarray(-64)) : spki.subarray(-32)).toString('hex')
}

/** @param point 32 bytes of x, 32 of y */
function compress(point: Buffer): Buffer {
  const isOdd = (point.at(-1) ?? 0) & 1
  return Buffer.concat([Buffer.of(2 + isOdd), point.subarray(0, 32)])
}

/** For the Edwards curves any 32 bytes are a private key. */
function isScalar(keyType: KeyType, bytes: Buffer): boolean {
  switch (keyType) {
    case 'Ed25519':
    case 'X25519':
      return true
    case 'Secp256k1':
      return secp256k1.utils.isValidPrivateKey(bytes)
    case 'Secp256r1':
      return p256.utils.isValidPrivateKey(bytes)
  }
}
