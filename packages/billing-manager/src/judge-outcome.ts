import type { TransactionOutcome } from './reservation-outcomes.js'

/** What became of a transaction, where that is certain. */
export type Fate = Exclude<TransactionOutcome, { outcome: 'unknown' }>

export type Verdict =
  /** `fates` are those of the transactions, in their order; null where one is not certain, and does not matter. */
  | { verdict: 'settled' | 'voided'; fates: (Fate | null)[] }
  /** The reservation stays open, and the transactions are looked up again. */
  | { verdict: 'unknown'; reason: string }

const CONTRADICTORY = 'what is said of a transaction contradicts itself'

/**
 * What a call's transactions make of its reservation. `answers` has a list for each of them: what those have said who
 * were asked. One that was executed is enough to settle; it takes the certain end of all of them to void.
 */
export function judgeOutcome(answers: readonly (readonly TransactionOutcome[])[]): Verdict {
  const judged = answers.map(judgeTransaction)
  const contradicted = judged.find(isContradicted)
  if (contradicted !== undefined) return { verdict: 'unknown', reason: CONTRADICTORY }
  const fates = judged.map((each) => (each.outcome === 'unknown' ? null : each))
  if (fates.some((fate) => fate?.outcome === 'settled')) return { verdict: 'settled', fates }
  if (fates.length > 0 && !fates.includes(null)) return { verdict: 'voided', fates }
  const open = judged.find((each) => each.outcome === 'unknown')
  return { verdict: 'unknown', reason: open?.reason ?? 'nobody knows a transaction of it' }
}

function judgeTransaction(answers: readonly TransactionOutcome[]): TransactionOutcome {
  const [first, ...others] = answers.filter((each): each is Fate => each.outcome !== 'unknown')
  if (first === undefined) return answers[0] ?? { outcome: 'unknown' }
  if (others.some(({ outcome }) => outcome !== first.outcome)) return { outcome: 'unknown', reason: CONTRADICTORY }
  return first
}

function isContradicted(each: TransactionOutcome): boolean {
  return each.outcome === 'unknown' && each.reason === CONTRADICTORY
}
