export type { HoldRequest, PostRequest } from './check-request.js'
export type { ExpireResult, NotDue, SettleRequest, SettleResult, VoidResult } from './end-transfer.js'
export type { AccountBalance, AccountReference, EntryKind, LedgerEntry, LedgerHead } from './entry.js'
export { ledgerErrorDefinitions, ledgerErrors } from './errors.js'
export type { NotPending, UnknownTransfer } from './find-pending.js'
export { Ledger, type LedgerOptions } from './ledger.js'
export { LedgerQueue } from './ledger-queue.js'
export type { PendingQuery } from './list-transfers.js'
export type { HoldResult, PostResult } from './operations.js'
export type { Statement, StatementQuery } from './read-statement.js'
export type { RescheduleRequest, RescheduleResult } from './reschedule-transfer.js'
export type { Insufficient } from './start-transfer.js'
export { TenantTurn, type AccountName, type TurnRequest } from './tenant-turn.js'
export {
  HELD,
  OUTSIDE_PREFIX,
  type LedgerLeg,
  type LedgerMetadata,
  type LedgerTransfer,
  type PendingTransfer,
  type TransferKind,
  type TransferReference,
  type TransferState,
} from './transfer.js'
export { Entities, migrations } from './typeorm/index.js'
export { listenTo, type KnownHeads, type LedgerVerification, type VerifyOptions } from './verify-ledger.js'
export type { BreakReason, LedgerBreak } from './verify-tenant.js'
