import { isatty } from 'node:tty'
import createDebug from 'debug'

const excluded = new Set<string>()

/**
 * Veramo prints the arguments and results of every method under `DEBUG=veramo:agent:<method>`. Plugins whose methods
 * carry secrets call this with their names when they are constructed, so that no setting of DEBUG shows them, also not
 * one that is made later.
 */
export function keepOutOfDebug(methods: readonly string[]): void {
  if (excluded.size === 0) standBeforeDebug()
  const namespaces = methods.map((method) => `veramo:agent:${method}`)
  for (const namespace of namespaces) excluded.add(namespace)
  // A debugger that exists asks again only when the setting has changed.
  const current = createDebug.disable()
  const settings = current.split(',').filter(Boolean)
  const missing = namespaces.map((namespace) => `-${namespace}`).filter((exclusion) => !settings.includes(exclusion))
  createDebug.enable(settings.length === 0 ? current : [...settings, ...missing].join(','))
}

function standBeforeDebug(): void {
  const { enabled } = createDebug
  createDebug.enabled = (namespace) => !excluded.has(namespace) && enabled(namespace)
  // Veramo makes a debugger at each call, which asks the system about the terminal each time, unless it is told.
  const { inspectOpts } = createDebug as { inspectOpts?: { colors?: boolean } }
  if (inspectOpts !== undefined) inspectOpts.colors ??= isatty(process.stderr.fd)
}
