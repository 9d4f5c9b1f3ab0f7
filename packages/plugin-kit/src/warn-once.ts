/**
 * Makes what hears of failures in the background: a warning of the process for each that differs from the one before,
 * so that an outage does not fill the log.
 *
 * @param code of the warning, which tells whose background it is
 */
export function warnOnce(what: string, code: string): (error: unknown) => void {
  let latest: string | undefined
  return (error) => {
    const text = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
    if (text === latest) return
    latest = text
    process.emitWarning(`${what} failed and is tried again: ${text}`, { code })
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
