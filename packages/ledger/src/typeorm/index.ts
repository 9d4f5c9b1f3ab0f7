import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { LedgerAccountEntity, LedgerChainEntity, LedgerEntryEntity, LedgerTransferEntity } from './entities.js'
import { CreateLedger } from './migrations/1763600000006-create-ledger.js'
import { CloseBooks } from './migrations/1763600000012-close-books.js'

/** Tables of the ledger; give them to `openDatabase`. */
export const Entities: readonly Entity[] = [
  LedgerChainEntity,
  LedgerAccountEntity,
  LedgerEntryEntity,
  LedgerTransferEntity,
]

/** Make and change those tables; give them to `openDatabase`. Oldest first, and never changed. */
export const migrations: readonly Migration[] = [CreateLedger, CloseBooks]
