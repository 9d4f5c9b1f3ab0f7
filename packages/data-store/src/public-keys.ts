import { ECDH } from 'node:crypto'
import { extractPublicKeyHex } from '@veramo/utils'
import type { DIDDocument } from 'did-resolver'

/** Of an identifier here; reading more would be a stranger's way to keep the service busy. */
const MAX_KEYS = 250

const CURVES: Readonly<Record<string, string>> = {
  Secp256k1: 'secp256k1',
  'P-256': 'prime256v1',
  Secp256r1: 'prime256v1',
}

/** The public keys of a DID document, in hex, each as any key store may write it. */
export function publicKeysOf(document: DIDDocument): string[] {
  const methods = (document.verificationMethod ?? []).slice(0, MAX_KEYS)
  return [...new Set(methods.flatMap(spellingsOf))].filter((hex) => hex !== '')
}

function spellingsOf(method: NonNullable<DIDDocument['verificationMethod']>[number]): string[] {
  try {
    const { publicKeyHex, keyType = '' } = extractPublicKeyHex(method)
    const curve = CURVES[keyType]
    if (curve === undefined) return [publicKeyHex]
    return (['compressed', 'uncompressed'] as const).map((form) =>
      String(ECDH.convertKey(publicKeyHex, curve, 'hex', 'hex', form)),
    )
  } catch {
    // What is no key is nobody's.
    return []
  }
}
