import type { EntityManager, SelectQueryBuilder } from 'typeorm'
import { DidRow, type DidWithParts } from './did-row.js'
import { KeyRow } from './key-row.js'
import { ServiceRow } from './service-row.js'
import { sortBy } from './sort-by.js'

/**
 * Selects DIDs (alias `did`) with their keys and services, in one statement, so that nothing can change in between. The
 * caller adds the tenant, always; `inOrder` comes last.
 */
export function selectDids(manager: EntityManager): SelectQueryBuilder<DidWithParts> {
  const query = manager
    .createQueryBuilder(DidRow, 'did')
    .leftJoinAndMapMany('did.keys', KeyRow, 'key', 'key.tenantId = did.tenantId AND key.did = did.did')
    .leftJoinAndMapMany(
      'did.services',
      ServiceRow,
      'service',
      'service.tenantId = did.tenantId AND service.did = did.did',
    )
  return query as SelectQueryBuilder<DidWithParts>
}

/** Sorts by when things were stored: DIDs (tenant by tenant), then the keys and services of each. */
export function inOrder(query: SelectQueryBuilder<DidWithParts>): SelectQueryBuilder<DidWithParts> {
  return sortBy(query, [
    ['did.tenantId'],
    ['did.position'],
    ['did.did'],
    ['key.position'],
    ['key.kid'],
    ['service.position'],
    ['service.id'],
  ])
}
