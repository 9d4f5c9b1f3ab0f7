/**
 * What a method leaves behind, which says how a crash during it is resolved. `pure`: nothing. `stored`: rows that carry
 * the id of the call. `ledger`: a transaction on a chain.
 */
export type CallEffect = 'pure' | 'stored' | 'ledger'

/** What an agent method costs: nothing, units of a meter, or one or the other by its arguments. */
export type MethodRule = FreeMethodRule | MeteredMethodRule | ConditionalMethodRule

export interface FreeMethodRule {
  effect: CallEffect
  free: true
}

export interface MeteredMethodRule {
  effect: CallEffect
  free?: undefined
  /** Such as `did.create`. */
  meter: string
  /** How many units of the meter a call takes. Default 1. */
  units?: UnitsRule
  /** The kind of thing whose stored row proves that a call has done its work. Required where the effect is `stored`. */
  makes?: string
  /** The answer is a secret: it is not kept, and never given again to a repeated call. */
  secret?: boolean
  /** What an argument means that is left out, by its JSON pointer. */
  defaults?: Readonly<Record<string, ArgumentValue>>
}

/**
 * A number of units; or the JSON pointer of an argument: of a list, its length counts; of a number, itself. `max` is the
 * most that one call may take, by default 1,000.
 */
export type UnitsRule = number | string | { of: string; max?: number }

/** The first case whose conditions hold is the rule; the last one has none. */
export interface ConditionalMethodRule {
  when: readonly MethodCase[]
  /** What an argument means that is left out (or null, or empty, which Veramo takes for the same), by its JSON pointer. */
  defaults?: Readonly<Record<string, ArgumentValue>>
}

export type MethodCase = (FreeMethodRule | Omit<MeteredMethodRule, 'defaults'>) & {
  /** By the JSON pointer of an argument, the value that it must have; a text that ends in `*` stands for all that begin so. */
  args?: Readonly<Record<string, ArgumentValue>>
}

export type ArgumentValue = string | number | boolean

export type MethodRules = Readonly<Record<string, MethodRule>>

/** What a rule may come to, whatever the arguments. */
export function casesOf(rule: MethodRule): readonly (FreeMethodRule | MeteredMethodRule)[] {
  return 'when' in rule ? rule.when : [rule]
}
