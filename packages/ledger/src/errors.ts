import { errorFactory, type ErrorDefinition } from '@veramo-studio/plugin-kit'

/** Errors of the ledger, besides those of plugin-kit. */
export const ledgerErrorDefinitions = {
  amount_invalid: { status: 400, title: 'Invalid amount' },
  transfer_conflict: { status: 409, title: 'Transfer id used for something else' },
  balance_overflow: { status: 409, title: 'Balance out of range' },
  transaction_required: { status: 500, title: 'Transaction required' },
  ledger_moved: { status: 500, title: 'Ledger changed from outside' },
  ledger_corrupt: { status: 500, title: 'Ledger corrupt' },
} as const satisfies Record<string, ErrorDefinition>

export const ledgerErrors = errorFactory(ledgerErrorDefinitions)
