import type { ChainKey } from './chain-key.js'
import { ledgerErrors } from './errors.js'
import type { LedgerLeg, LedgerMetadata, LedgerTransfer } from './transfer.js'
import type { TransferRow } from './typeorm/rows.js'

export function sealed(chainKey: ChainKey, row: Omit<TransferRow, 'seal'>): TransferRow {
  return { ...row, seal: chainKey.sealTransfer(row) }
}

export function isSealed(chainKey: ChainKey, row: TransferRow): boolean {
  return chainKey.sealTransfer(row) === row.seal
}

/** Reads a row from the database. Throws `ledger_corrupt` where the ledger has not written it so: nothing is paid by a changed one. */
export function openTransfer(chainKey: ChainKey, row: TransferRow): LedgerTransfer {
  if (!isSealed(chainKey, row)) {
    throw ledgerErrors.ledger_corrupt(`transfer ${row.transferId} of ${row.tenantId} is not as the ledger wrote it`)
  }
  return toTransfer(row)
}

export function toTransfer(row: TransferRow): LedgerTransfer {
  const legs = JSON.parse(row.legs) as { from: string; to: string; asset: string; amount: string }[]
  const settledAmounts = row.settledAmounts === null ? null : (JSON.parse(row.settledAmounts) as string[])
  return {
    tenantId: row.tenantId,
    transferId: row.transferId,
    kind: row.kind,
    state: row.state,
    legs: legs.map((leg): LedgerLeg => ({ ...leg, amount: BigInt(leg.amount) })),
    settledAmounts: settledAmounts?.map(BigInt) ?? null,
    metadata: JSON.parse(row.metadata) as LedgerMetadata,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    endedAt: row.endedAt,
    startSeq: Number(row.startSeq),
    endSeq: row.endSeq === null ? null : Number(row.endSeq),
  }
}
