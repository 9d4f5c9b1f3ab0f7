import type { Entity, Migration } from '@veramo-studio/plugin-kit'
import { ApiKeyAuditRow } from './api-key-audit-row.js'
import { ApiKeyBudgetRow } from './api-key-budget-row.js'
import { ApiKeyEpochRow } from './api-key-epoch-row.js'
import { ApiKeyRow } from './api-key-row.js'
import { ApiKeyUsageRow } from './api-key-usage-row.js'
import { CreateApiKey } from './migrations/1763600000001-create-api-key.js'
import { CompleteApiKey } from './migrations/1763600000011-complete-api-key.js'
import { IndexKeyHash } from './migrations/1763600000021-index-key-hash.js'
import { IndexEnds } from './migrations/1763600000041-index-ends.js'
import { KeepAudit } from './migrations/1763600000031-keep-audit.js'
import { ImportKeys } from './migrations/1763600000061-import-keys.js'
import { ShareBudgets } from './migrations/1763600000071-share-budgets.js'
import { WarnOfIdleness } from './migrations/1763600000051-warn-of-idleness.js'

/** Tables of the API key manager; give them to `openDatabase`. */
export const Entities: readonly Entity[] = [ApiKeyRow, ApiKeyAuditRow, ApiKeyBudgetRow, ApiKeyEpochRow, ApiKeyUsageRow]

/** Make and change those tables; give them to `openDatabase`. */
export const migrations: readonly Migration[] = [
  CreateApiKey,
  CompleteApiKey,
  IndexKeyHash,
  KeepAudit,
  IndexEnds,
  WarnOfIdleness,
  ImportKeys,
  ShareBudgets,
]
