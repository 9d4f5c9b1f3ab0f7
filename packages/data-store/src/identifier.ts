import type { IIdentifier, IKey, IService, ManagedKeyInfo } from '@veramo/core-types'
import type { DidWithParts } from './typeorm/did-row.js'
import type { KeyRow } from './typeorm/key-row.js'
import type { ServiceRow } from './typeorm/service-row.js'

/** The shape of Veramo's stores: an alias is left out where there is none, all else that is missing is null. */
export function toIdentifier(row: DidWithParts): IIdentifier {
  const { did, controllerKeyId, provider, alias, keys, services } = row
  return {
    did,
    controllerKeyId,
    provider,
    services: services.map(toService),
    keys: keys.map(toKey),
    ...(alias && { alias }),
    // Veramo's types know no null, its stores do.
  } as IIdentifier
}

export function toKey({ kid, kms, type, publicKeyHex, meta }: KeyRow): IKey & ManagedKeyInfo {
  return { kid, kms, type, publicKeyHex, meta }
}

function toService({ id, type, serviceEndpoint, description }: ServiceRow): IService {
  return { id, type, serviceEndpoint: parseEndpoint(serviceEndpoint), description } as IService
}

/** An endpoint is a string, an object, or a list of them. */
export function formatEndpoint(endpoint: IService['serviceEndpoint']): string {
  return typeof endpoint === 'string' ? endpoint : JSON.stringify(endpoint)
}

function parseEndpoint(text: string): IService['serviceEndpoint'] {
  if (!/^[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as IService['serviceEndpoint']
  } catch {
    // A string that only looks like JSON.
    return text
  }
}
