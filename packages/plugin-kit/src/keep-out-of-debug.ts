import { isatty } from 'node:tty'
import createDebug from 'debug'

/**
 * Veramo prints the arguments and results of every method under `DEBUG=veramo:agent:<method>`. Plugins whose methods
 * carry secrets call this with their names when they are constructed, so that no setting of DEBUG shows them.
 */
export function keepOutOfDebug(methods: readonly string[]): void {
  const current = createDebug.disable()
  const exclusions = methods.map((method) => `-veramo:agent:${method}`)
  const missing = exclusions.filter((exclusion) => !current.split(',').includes(exclusion))
  createDebug.enable([current, ...missing].filter(Boolean).join(','))
  // Veramo makes a debugger at each call, which asks the system about the terminal each time, unless it is told.
  const { inspectOpts } = createDebug as { inspectOpts?: { colors?: boolean } }
  if (inspectOpts !== undefined) inspectOpts.colors ??= isatty(process.stderr.fd)
}
