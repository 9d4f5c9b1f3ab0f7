import type { IAgentPluginSchema, IPluginMethod } from '@veramo/core-types'
import { ArgumentChecker } from './argument-checker.js'

/**
 * Wraps a plugin's methods so that arguments of a wrong type are refused with `invalid_argument` before the method
 * runs, whoever calls it: a raw `agent.execute` too, for which Veramo's own validation is off by default.
 */
export function checkedMethods<Methods extends Record<keyof Methods, IPluginMethod>>(
  schema: IAgentPluginSchema,
  methods: Methods,
): Methods {
  const checker = new ArgumentChecker(schema)
  const wrapped = Object.entries<IPluginMethod>(methods).map(([name, method]) => {
    const checked: IPluginMethod = async (args, context): Promise<unknown> => {
      checker.check(name, args)
      return method(args, context)
    }
    return [name, checked]
  })
  return Object.fromEntries(wrapped) as Methods
}
