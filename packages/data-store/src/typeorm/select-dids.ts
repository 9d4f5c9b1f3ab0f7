import type { SqlParameter } from '@veramo-studio/plugin-kit'
import type { Sql } from './find-sql.js'
import { assembleParts, selectWithParts, type PartRow } from './select-with-parts.js'

/** A DID with what belongs to it, as it is stored. */
export interface StoredDid {
  did: string
  provider: string | null
  alias: string | null
  controllerKeyId: string | null
  keys: StoredKey[]
  services: StoredService[]
}

export interface StoredKey {
  kid: string
  type: string
  kms: string
  publicKeyHex: string
  /** JSON. */
  meta: string | null
}

export interface StoredService {
  id: string
  type: string
  serviceEndpoint: string
  description: string | null
}

export const DID_INSERTION = ['did."position"', 'did."did"']

/** What a page of DIDs selects: `did` is the alias of its table. */
export const selectedOfPage = (order: string) =>
  `did."tenantId", did."did", did."provider", did."alias", did."controllerKeyId", ROW_NUMBER() OVER (${order}) AS "n"`

/** Completes a page of DIDs with their keys and services, in the order in which those were stored. */
export function selectDids(page: Sql): Sql {
  return selectWithParts({
    page,
    columns: ['page."did"', 'page."provider"', 'page."alias"', 'page."controllerKeyId"'],
    parts: [
      {
        join: 'JOIN "studio_key" key ON key."tenantId" = page."tenantId" AND key."did" = page."did"',
        columns: ['key."kid"', 'key."type"', 'key."kms"', 'key."publicKeyHex"', 'key."meta"'],
        place: 'key."position"',
        id: 'key."kid"',
      },
      {
        join:
          'JOIN "studio_service" service ' + 'ON service."tenantId" = page."tenantId" AND service."did" = page."did"',
        columns: ['service."id"', 'service."type"', 'service."serviceEndpoint"', 'service."description"'],
        place: 'service."position"',
        id: 'service."id"',
      },
    ],
  })
}

/** Selects the DIDs of which a condition on `did` is true, the oldest first. */
export function selectDidsWhere(condition: string, parameters: SqlParameter[] = []): Sql {
  const order = `ORDER BY did."tenantId", ${DID_INSERTION.join(', ')}`
  return selectDids({
    text: `SELECT ${selectedOfPage(order)} FROM "studio_did" did WHERE ${condition}`,
    parameters,
  })
}

export function toStoredDids(rows: readonly PartRow[]): StoredDid[] {
  return assembleParts(rows, 2).map(({ values: [did, provider, alias, controllerKeyId], parts: [keys, services] }) => ({
    did: String(did),
    provider: provider ?? null,
    alias: alias ?? null,
    controllerKeyId: controllerKeyId ?? null,
    keys: (keys ?? []).map(([kid, type, kms, publicKeyHex, meta]) => ({
      ...{ kid: String(kid), type: String(type), kms: String(kms), publicKeyHex: String(publicKeyHex) },
      meta: meta ?? null,
    })),
    services: (services ?? []).map(([id, type, serviceEndpoint, description]) => ({
      ...{ id: String(id), type: String(type), serviceEndpoint: String(serviceEndpoint) },
      description: description ?? null,
    })),
  }))
}
