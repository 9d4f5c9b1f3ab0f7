import { kitErrors } from '@veramo-studio/plugin-kit'
import type { Amount } from './types/Money.js'

const MAX_NCHEQ = 2n ** 63n - 1n

/** An amount that moves: at least 1 ncheq, and not more than the ledger can hold. */
export function parseAmount({ denom, amount }: Amount): bigint {
  if (denom !== 'ncheq') throw kitErrors.invalid_argument('amount.denom must be ncheq')
  const ncheq = /^[1-9]\d{0,18}$/.test(amount) ? BigInt(amount) : 0n
  if (ncheq === 0n || ncheq > MAX_NCHEQ) {
    throw kitErrors.invalid_argument(`amount.amount must be a whole number from 1 to ${MAX_NCHEQ}, in decimal digits`)
  }
  return ncheq
}

export function toAmount(ncheq: bigint): Amount {
  return { denom: 'ncheq', amount: String(ncheq) }
}
