/** What the Veramo CLI wraps around the message of what it could not create from an agent file. */
const WRAPPED = /^(?:Error creating .+?\['?.*?'?\]: )?(.*?)(?:\. While creating object from pointer: \S+)*$/s

/** The message of an error, fit for a terminal: one line, without a stack. */
export function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, inner = message] = WRAPPED.exec(message) ?? []
  return inner.replace(/\s*\n\s*/g, ' ')
}
