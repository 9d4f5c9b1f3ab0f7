const NCHEQ_PER_CHEQ = 10n ** 9n
const DECIMALS = 9

/** An amount of ncheq in CHEQ, exact to the last digit: `50000000001` is `50.000000001`. */
export function formatCheq(ncheq: string): string {
  const amount = BigInt(ncheq)
  const fraction = String(amount % NCHEQ_PER_CHEQ).padStart(DECIMALS, '0')
  return `${amount / NCHEQ_PER_CHEQ}.${fraction}`
}
