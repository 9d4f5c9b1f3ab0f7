import { createHash, createHmac, KeyObject } from 'node:crypto'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntryRow, TransferRow } from './typeorm/rows.js'

const LEAST_KEY_BYTES = 32

type Field = string | number | null

/** Makes the marks that nobody can make without the key: entries' hashes and transfers' seals. */
export class ChainKey {
  constructor(private readonly key: KeyObject) {
    if (!(key instanceof KeyObject) || key.type !== 'secret' || (key.symmetricKeySize ?? 0) < LEAST_KEY_BYTES) {
      throw kitErrors.setting_invalid(`chainKey must be a secret KeyObject of at least ${LEAST_KEY_BYTES} bytes`)
    }
  }

  /** Covers every column of an entry, and through `previousHash` all entries before it. */
  hashEntry(row: Omit<EntryRow, 'hash'>): string {
    return this.authenticate([
      'ledger-entry-1',
      row.tenantId,
      row.seq,
      row.transferId,
      row.legIndex,
      row.kind,
      row.fromCode,
      row.toCode,
      row.asset,
      row.amount,
      row.fromBalance,
      row.toBalance,
      row.createdAt,
      row.previousHash,
    ])
  }

  /** Covers every column of a transfer, whose row changes when it ends and is in no chain. */
  sealTransfer(row: Omit<TransferRow, 'seal'>): string {
    return this.authenticate([
      'ledger-transfer-1',
      row.tenantId,
      row.transferId,
      row.kind,
      row.state,
      row.legs,
      row.settledAmounts,
      row.metadata,
      row.digest,
      row.createdAt,
      row.expiresAt,
      row.endedAt,
      row.startSeq,
      row.endSeq,
    ])
  }

  private authenticate(fields: readonly Field[]): string {
    return createHmac('sha256', this.key).update(encodeFields(fields)).digest('hex')
  }
}

/** Tells requests apart that have the same transfer id. */
export function digestFields(fields: readonly Field[]): string {
  return createHash('sha256').update(encodeFields(fields)).digest('hex')
}

/** Each field with its length in bytes before it, so that no two lists of fields give the same text. */
function encodeFields(fields: readonly Field[]): string {
  return fields.map(encodeField).join('')
}

function encodeField(field: Field): string {
  if (field === null) return '-,'
  const text = String(field)
  return `${Buffer.byteLength(text)}:${text},`
}
