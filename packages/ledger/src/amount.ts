import { ledgerErrors } from './errors.js'

export const MAX_INT64 = 2n ** 63n - 1n
export const MIN_INT64 = -(2n ** 63n)

/** Reads a 64-bit integer that the database gave as text: its drivers' numbers are wrong past 2^53. */
export function parseStoredAmount(text: unknown): bigint {
  if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) {
    throw ledgerErrors.ledger_corrupt('a stored amount is not an integer')
  }
  return BigInt(text)
}

/** Throws `amount_invalid` for anything but a bigint in the range. */
export function assertAmount(amount: unknown, name: string, range: { least: bigint; most: bigint }): void {
  if (typeof amount !== 'bigint') throw ledgerErrors.amount_invalid(`${name} must be a bigint`)
  if (amount < range.least || amount > range.most) {
    throw ledgerErrors.amount_invalid(`${name} must be from ${range.least} to ${range.most}`)
  }
}
