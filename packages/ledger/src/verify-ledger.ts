import type { EntityManager } from 'typeorm'
import type { ChainKey } from './chain-key.js'
import type { LedgerHead } from './entry.js'
import { readEntryHash } from './typeorm/entry-store.js'
import { readNextTenant } from './typeorm/verify-store.js'
import { verifyTenant, type LedgerBreak } from './verify-tenant.js'

export interface VerifyOptions {
  /** Default: every tenant. */
  tenantId?: string
  /** Heads that were exported before: each must still be in its tenant's chain. */
  knownHeads?: readonly LedgerHead[]
  /** Called after each page of entries. */
  onProgress?: (progress: { tenantId: string; checked: number }) => void
}

export interface LedgerVerification {
  valid: boolean
  /** Entries checked. */
  checked: number
  firstBreak?: LedgerBreak
}

/** Stops at the first break. */
export async function verifyLedger(
  manager: EntityManager,
  chainKey: ChainKey,
  options: VerifyOptions,
): Promise<LedgerVerification> {
  let checked = 0
  for await (const tenantId of tenantsToVerify(manager, options)) {
    const onPage = (entries: number) => {
      checked += entries
      options.onProgress?.({ tenantId, checked })
    }
    const firstBreak = await verifyTenant(manager, { chainKey, tenantId, onPage })
    if (firstBreak !== undefined) return { valid: false, checked, firstBreak }
  }
  const firstBreak = await verifyKnownHeads(manager, options.knownHeads ?? [])
  return firstBreak === undefined ? { valid: true, checked } : { valid: false, checked, firstBreak }
}

async function* tenantsToVerify(manager: EntityManager, { tenantId }: VerifyOptions): AsyncGenerator<string> {
  if (tenantId !== undefined) {
    yield tenantId
    return
  }
  let next = await readNextTenant(manager, '')
  while (next !== undefined) {
    yield next
    next = await readNextTenant(manager, next)
  }
}

/** The chain is whole by now: a head that it contains has all that was before it. */
async function verifyKnownHeads(
  manager: EntityManager,
  heads: readonly LedgerHead[],
): Promise<LedgerBreak | undefined> {
  for (const { tenantId, seq, hash } of heads) {
    if (seq > 0 && (await readEntryHash(manager, tenantId, seq)) !== hash) {
      return { tenantId, seq, reason: 'known_head_missing' }
    }
  }
  return undefined
}
