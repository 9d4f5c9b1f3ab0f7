import type { EntityManager } from 'typeorm'
import type { ChainKey } from './chain-key.js'
import type { LedgerHead } from './entry.js'
import { parseHead } from './export-heads.js'
import { readEntryHash } from './typeorm/entry-store.js'
import { readNextTenant } from './typeorm/verify-store.js'
import { verifyTenant, type LedgerBreak } from './verify-tenant.js'

export type KnownHeads = Iterable<LedgerHead | string> | AsyncIterable<LedgerHead | string>

export interface VerifyOptions {
  /** Default: every tenant. */
  tenantId?: string
  /**
   * Heads that were exported before, or the lines that `exportHeads` gave: each must still be in its tenant's chain. Read
   * one by one, so that they may come from a file of any length.
   */
  knownHeads?: KnownHeads
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
  const { tenantId: only, knownHeads = [], onProgress } = options
  const known = listenTo(knownHeads)
  let checked = 0
  for await (const tenantId of tenantsToVerify(manager, options)) {
    const onPage = (entries: number) => {
      checked += entries
      onProgress?.({ tenantId, checked })
    }
    const firstBreak = await verifyTenant(manager, { chainKey, tenantId, onPage })
    if (firstBreak !== undefined) return { valid: false, checked, firstBreak }
  }
  const firstBreak = await verifyKnownHeads(manager, { only, known })
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
  { only, known }: { only: string | undefined; known: KnownHeads },
): Promise<LedgerBreak | undefined> {
  for await (const head of known) {
    // What follows the last line end.
    if (head === '') continue
    const { tenantId, seq, hash } = typeof head === 'string' ? parseHead(head) : head
    const isMeant = seq > 0 && (only === undefined || only === tenantId)
    if (isMeant && (await readEntryHash(manager, tenantId, seq)) !== hash) {
      return { tenantId, seq, reason: 'known_head_missing' }
    }
  }
  return undefined
}

/** A stream of lines gives those alone that come after its iterator was asked for: to be called before anything else. */
export function listenTo(heads: KnownHeads): KnownHeads {
  if (!(Symbol.asyncIterator in heads)) return heads
  const iterator = heads[Symbol.asyncIterator]()
  return { [Symbol.asyncIterator]: () => iterator }
}
