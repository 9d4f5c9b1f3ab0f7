import type { LedgerLeg } from '@veramo-studio/ledger'

const UNIT_PREFIX = 'unit:'

/**
 * What of each leg of a call is settled that did `units` of the units set aside. What was drawn first is paid first, so
 * that the call costs what it would have cost with so few units from the start.
 */
export function settledAmounts(legs: readonly LedgerLeg[], units: bigint): bigint[] {
  const open = new Map<string, bigint>()
  let paid: { kept: bigint; of: bigint } | undefined
  return legs.map(({ asset, amount }) => {
    // Money follows the leg of the units that it pays for.
    if (!asset.startsWith(UNIT_PREFIX)) return paid === undefined ? amount : (amount / paid.of) * paid.kept
    const left = open.get(asset) ?? units
    const kept = left < amount ? left : amount
    open.set(asset, left - kept)
    paid = { kept, of: amount }
    return kept
  })
}
