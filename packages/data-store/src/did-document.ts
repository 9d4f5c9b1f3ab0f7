import type { IIdentifier, IKey, IService, TKeyType } from '@veramo/core-types'
import { bytesToBase58, hexToBytes } from '@veramo/utils'

/** A DID document, as JSON. */
export interface DidDocument {
  '@context': string[]
  id: string
  verificationMethod: VerificationMethod[]
  authentication: string[]
  assertionMethod: string[]
  keyAgreement: string[]
  service: IService[]
}

interface VerificationMethod {
  id: string
  type: string
  controller: string
  publicKeyHex?: string
  publicKeyBase58?: string
}

/** As Veramo's `WebDidDocRouter` publishes keys. */
const METHODS: Partial<Record<TKeyType, { type: string; context: string; base58?: boolean }>> = {
  Ed25519: {
    type: 'Ed25519VerificationKey2018',
    context: 'https://w3id.org/security/suites/ed25519-2018/v1',
    base58: true,
  },
  X25519: {
    type: 'X25519KeyAgreementKey2019',
    context: 'https://w3id.org/security/suites/x25519-2019/v1',
    base58: true,
  },
  Secp256k1: { type: 'EcdsaSecp256k1VerificationKey2019', context: 'https://w3id.org/security/v2' },
  Secp256r1: { type: 'EcdsaSecp256r1VerificationKey2019', context: 'https://w3id.org/security/v2' },
}

/** Makes the document of an identifier from its keys and services. Keys of other types are left out. */
export function toDidDocument({ did, keys, services }: IIdentifier): DidDocument {
  const published = keys.filter(({ type }) => METHODS[type] !== undefined)
  const idsOf = (types: TKeyType[]) =>
    published.filter(({ type }) => types.includes(type)).map(({ kid }) => `${did}#${kid}`)
  const signing = idsOf(['Ed25519', 'Secp256k1', 'Secp256r1'])
  const contexts = published.map(({ type }) => METHODS[type]?.context ?? '')
  return {
    '@context': ['https://www.w3.org/ns/did/v1', ...new Set(contexts)],
    id: did,
    verificationMethod: published.map((key) => toVerificationMethod(did, key)),
    authentication: signing,
    assertionMethod: signing,
    keyAgreement: idsOf(['Ed25519', 'X25519']),
    service: services.map(({ id, type, serviceEndpoint, description }) => ({
      ...{ id, type, serviceEndpoint },
      ...(description && { description }),
    })),
  }
}

function toVerificationMethod(did: string, { kid, type, publicKeyHex }: IKey): VerificationMethod {
  const method = { id: `${did}#${kid}`, type: METHODS[type]?.type ?? '', controller: did }
  return METHODS[type]?.base58
    ? { ...method, publicKeyBase58: bytesToBase58(hexToBytes(publicKeyHex)) }
    : { ...method, publicKeyHex }
}
