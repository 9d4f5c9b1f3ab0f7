import type { IIdentifier, IKey, IService, KeyMetadata, ManagedKeyInfo } from '@veramo/core-types'
import type { StoredDid, StoredKey, StoredService } from './typeorm/select-dids.js'

/** The shape of Veramo's stores: an alias is left out where there is none, all else that is missing is null. */
export function toIdentifier(row: StoredDid): IIdentifier {
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

export function toKey({ meta, ...key }: StoredKey): IKey & ManagedKeyInfo {
  return { ...key, meta: meta === null ? null : (JSON.parse(meta) as KeyMetadata) }
}

function toService({ id, type, serviceEndpoint, description }: StoredService): IService {
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
