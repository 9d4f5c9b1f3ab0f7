/** What the benches of the ledger post, and to which books. */
import { createSecretKey } from 'node:crypto'
import { Entities, Ledger, migrations } from '@veramo-studio/ledger'
import { openDatabase } from '@veramo-studio/plugin-kit'

export const ASSET = 'mainnet:ncheq'
/** More than any bench spends. */
const FUNDS = 1_000_000_000_000n

export function openLedger() {
  return new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 7)) })
}

export function openBooks(url, options = {}) {
  return openDatabase({ url, entities: [Entities], migrations: [migrations], ...options })
}

/** Money to spend, for each tenant. */
export async function fund(database, tenantIds) {
  const queue = openLedger().queue(database)
  const legs = [{ from: 'outside:operator', to: 'credit:mainnet', asset: ASSET, amount: FUNDS }]
  await Promise.all(tenantIds.map((tenantId) => queue.post({ tenantId, transferId: 'fund', legs })))
}

export function spending(tenantId, transferId) {
  return { tenantId, transferId, legs: [{ from: 'credit:mainnet', to: 'revenue', asset: ASSET, amount: 1n }] }
}

export function percentile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]
}
