import { kitErrors } from '@veramo-studio/plugin-kit'

/** A date alone is its midnight in UTC. */
const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

export interface Period {
  from: string | undefined
  to: string | undefined
}

/** The bounds of a period as the database has its times; `invalid_argument` where they are none. */
export function parsePeriod({ from, to }: { from?: string; to?: string }): Period {
  const period = { from: parseInstant('from', from), to: parseInstant('to', to) }
  if (period.from !== undefined && period.to !== undefined && period.from > period.to) {
    throw kitErrors.invalid_argument('from must not be after to')
  }
  return period
}

export function parseInstant(member: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const instant = new Date(text)
  if (!ISO_INSTANT.test(text) || Number.isNaN(instant.getTime())) {
    throw kitErrors.invalid_argument(`${member} must be a time such as 2026-01-31T00:00:00Z`)
  }
  return instant.toISOString()
}
