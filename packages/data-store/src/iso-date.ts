const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/i

/**
 * The instant that a text names, in the one form that dates are stored and compared in: `2020-06-16T11:06:51.680Z`.
 * Takes ISO 8601, and what SQL prints (`2020-06-16 11:06:51.680`); without a zone it is UTC. Undefined for other text.
 */
export function toIsoDate(text: string): string | undefined {
  const [, day, time = '00:00', zone = 'Z'] = DATE.exec(text) ?? []
  const date = new Date(`${day}T${time}${zone.toUpperCase()}`)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/** How a date is compared with stored ones. What is no date is compared as text. */
export function toStoredDate(text: string): string {
  return toIsoDate(text) ?? text
}

/** The instant of a date that is to be stored: also one in another form that JavaScript reads, as Veramo takes it. */
export function toInstant(text: string): string | undefined {
  const iso = toIsoDate(text)
  if (iso !== undefined) return iso
  const date = new Date(text)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
