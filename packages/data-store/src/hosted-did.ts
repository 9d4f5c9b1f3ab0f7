import { isStudioError, kitErrors, runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { getDid } from './get-did.js'
import { toDidDocument, type DidDocument } from './did-document.js'

/** Names within a tenant, and tenants themselves: what needs no escape in a DID or an address. */
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Where a service hosts the `did:web` of its tenants: `did:web:<host>:t:<tenantId>[:<name>]`. */
export interface HostedPlace {
  tenantId: string
  /** The tenant's own DID has none. */
  name?: string | undefined
}

/** The DID of a place. Throws `invalid_argument` for a name that cannot be part of one. */
export function toHostedDid(baseUrl: string, { tenantId, name }: HostedPlace): string {
  const segments = name === undefined ? [tenantId] : [tenantId, name]
  if (!segments.every((segment) => SEGMENT.test(segment))) {
    throw kitErrors.invalid_argument(
      'the alias of a did:web must be 1 to 128 letters, digits, dots, dashes or underscores',
    )
  }
  return ['did', 'web', hostOf(baseUrl), 't', ...segments].join(':')
}

/** The place of a DID that is hosted here; undefined for any other DID. */
export function parseHostedDid(baseUrl: string, did: string): HostedPlace | undefined {
  const prefix = `did:web:${hostOf(baseUrl)}:t:`
  if (!did.startsWith(prefix)) return undefined
  const [tenantId = '', name, ...rest] = did.slice(prefix.length).split(':')
  return rest.length === 0 ? { tenantId, name } : undefined
}

/**
 * The public document of a hosted DID: of the tenant that its address names, whoever asks. `not_found` where that tenant
 * has no such DID.
 */
export async function readHostedDid(
  { database, baseUrl }: { database: Database; baseUrl: string },
  place: HostedPlace,
): Promise<DidDocument> {
  try {
    const did = toHostedDid(baseUrl, place)
    const identifier = await runInTenant(place.tenantId, () => getDid(database, { did }))
    if (identifier.provider === 'did:web') return toDidDocument(identifier)
  } catch (error) {
    if (!isStudioError(error) || error.status >= 500) throw error
  }
  throw kitErrors.not_found('Identifier not found')
}

/** A port is escaped, as did:web has it. */
function hostOf(baseUrl: string): string {
  return new URL(baseUrl).host.replace(':', '%3A')
}
