import { kitErrors } from '@veramo-studio/plugin-kit'
import type {
  ArgumentValue,
  CallEffect,
  ConditionalMethodRule,
  MeteredMethodRule,
  MethodCase,
  MethodRule,
} from './method-rule.js'

/** What a call takes. */
export interface MeterUse {
  meter: string
  units: number
  effect: CallEffect
  makes: string | null
}

type Defaults = Readonly<Record<string, ArgumentValue>>

const DEFAULT_MAX_UNITS = 1000

/**
 * What a call takes, by its arguments; null for one that is free. Throws `invalid_argument` for arguments that it cannot
 * be told from: whoever sends them must not get the method for less than it costs.
 */
export function resolveRule(rule: MethodRule, args: unknown): MeterUse | null {
  const { defaults = {} } = rule as ConditionalMethodRule | MeteredMethodRule
  const found = 'when' in rule ? caseOf(rule, args) : rule
  if (found.free) return null
  const { meter, effect, makes = null } = found
  return { meter, units: unitsOf(found, args, defaults), effect, makes }
}

function caseOf({ when, defaults = {} }: ConditionalMethodRule, args: unknown): MethodCase {
  const found = when.find(({ args: conditions = {} }) =>
    Object.entries(conditions).every(([pointer, wanted]) => isMatch(scalarAt(args, pointer, defaults), wanted)),
  )
  if (found === undefined) throw new Error('a rule without a default case')
  return found
}

function isMatch(value: ArgumentValue | undefined, wanted: ArgumentValue): boolean {
  if (typeof wanted === 'string' && wanted.endsWith('*')) {
    return typeof value === 'string' && value.startsWith(wanted.slice(0, -1))
  }
  return value === wanted
}

/** A list or an object would be turned into a text by some methods, and pass for another value here. */
function scalarAt(args: unknown, pointer: string, defaults: Defaults): ArgumentValue | undefined {
  const value = valueAt(args, pointer)
  if (value === undefined || value === null || value === '') return defaults[pointer]
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw kitErrors.invalid_argument(`${pointer} must be a text, a number or a truth value`)
}

function unitsOf({ units = 1 }: Pick<MeteredMethodRule, 'units'>, args: unknown, defaults: Defaults): number {
  if (typeof units === 'number') return units
  const { of: pointer, max = DEFAULT_MAX_UNITS } = typeof units === 'string' ? { of: units } : units
  const value = valueAt(args, pointer) ?? defaults[pointer]
  const count = Array.isArray(value) ? value.length : value
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > max) {
    throw kitErrors.invalid_argument(`${pointer} must be, or have, 1 to ${max}`)
  }
  return count
}

/** What a JSON pointer (RFC 6901) leads to: members of the arguments' own alone. */
function valueAt(args: unknown, pointer: string): unknown {
  let value = args
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}
