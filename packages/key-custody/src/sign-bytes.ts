import { createHash, sign } from 'node:crypto'
import { secp256k1 } from '@noble/curves/secp256k1'
import { keyCustodyErrors } from './errors.js'
import { signEthereum } from './sign-ethereum.js'
import { toPrivateKeyBytes, type SigningKey } from './signing-key.js'

/**
 * Signs with the algorithms of `@veramo/kms-local`, the default one of the key's type where none is named. JOSE
 * algorithms give base64url, Ethereum's give hex with `0x`. `not_supported` for what the key cannot do.
 */
export async function signBytes(
  signingKey: SigningKey,
  algorithm: string | undefined,
  data: Uint8Array,
): Promise<string> {
  const { keyType, key } = signingKey
  switch (keyType) {
    case 'Ed25519':
      if (isOneOf(algorithm, ['Ed25519', 'EdDSA'])) return sign(null, data, key).toString('base64url')
      break
    case 'Secp256k1':
      if (isOneOf(algorithm, ['ES256K', 'ES256K-R'])) return signES256K(signingKey, data, algorithm === 'ES256K-R')
      return (await signEthereum(signingKey, algorithm, data)) ?? refuse(keyType, algorithm)
    case 'Secp256r1':
      if (isOneOf(algorithm, ['ES256'])) {
        return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
      }
      break
    case 'X25519':
      break
  }
  return refuse(keyType, algorithm)
}

function isOneOf(algorithm: string | undefined, names: readonly string[]): boolean {
  return algorithm === undefined || names.includes(algorithm)
}

/** RFC 6979 and low-S, as everybody on this curve expects. `recoverable` appends the recovery id. */
function signES256K(signingKey: SigningKey, data: Uint8Array, recoverable: boolean): string {
  const privateKey = toPrivateKeyBytes(signingKey)
  const signature = secp256k1.sign(createHash('sha256').update(data).digest(), privateKey)
  privateKey.fill(0)
  const compact = Buffer.from(signature.toCompactRawBytes())
  return (recoverable ? Buffer.concat([compact, Buffer.of(signature.recovery)]) : compact).toString('base64url')
}

function refuse(keyType: string, algorithm: string | undefined): never {
  throw keyCustodyErrors.not_supported(`Cannot sign ${algorithm} using key of type ${keyType}`)
}
