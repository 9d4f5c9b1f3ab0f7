import type { Ledger, LedgerEntry } from '@veramo-studio/ledger'
import type { EntityManager } from 'typeorm'

const FIRST_WINDOW = 200
/** The longest statement that the ledger gives. */
const MAX_STATEMENT = 1000

/**
 * A customer's entries of one asset, newest first, up to and with the one numbered `upToSeq`. The ledger's statements
 * run the other way, so this looks at ever earlier windows of the entries' numbers, which have no gaps: wider ones where
 * they turn out empty, narrower ones where they hold more than a statement. A page costs a number of statements that
 * grows with the logarithm of what lies between its entries.
 */
export async function* latestEntries(
  ledger: Ledger,
  manager: EntityManager,
  { tenantId, asset, upToSeq }: { tenantId: string; asset: string; upToSeq: number },
): AsyncGenerator<LedgerEntry> {
  let last = upToSeq
  let width = FIRST_WINDOW
  while (last > 0) {
    const afterSeq = Math.max(0, last - width)
    const limit = Math.min(width, MAX_STATEMENT)
    const { entries, nextAfterSeq } = await ledger.statement(manager, { tenantId, asset, afterSeq, limit })
    if (nextAfterSeq !== undefined && nextAfterSeq < last && width > limit) {
      width = Math.ceil(width / 2)
      continue
    }
    const found = entries.filter(({ seq }) => seq <= last)
    yield* found.reverse()
    if (found.length < limit / 2) width *= 2
    last = afterSeq
  }
}
