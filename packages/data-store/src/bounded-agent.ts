import { kitErrors } from '@veramo-studio/plugin-kit'
import type { IAgent, IPluginMethodMap, IResolver, TAgent } from '@veramo/core-types'

type Agent = TAgent<IResolver>

const unbounded = new WeakMap<IAgent, IAgent>()

/** The agent that a bounded one was made of; for another piece of work. */
export function unboundedAgent(agent: IAgent): IAgent {
  return unbounded.get(agent) ?? agent
}

/**
 * The agent for a piece of work that strangers steer by their DID documents: with some methods of its own, for all plugins
 * that it goes through, and with so many resolutions of DIDs, after which each is `fetch_refused`.
 */
export function boundedAgent(
  agent: IAgent,
  { maxResolutions, overrides = {} }: { maxResolutions: number; overrides?: IPluginMethodMap },
): Agent {
  const { methods: inner = {}, context = {} } = agent as IAgent & { methods?: IPluginMethodMap; context?: object }
  let resolutions = 0
  const resolveDid: IPluginMethodMap[string] = async (args, calling): Promise<unknown> => {
    resolutions += 1
    if (resolutions > maxResolutions) throw kitErrors.fetch_refused('too many DIDs would have to be resolved')
    return inner['resolveDid']?.(args, calling) as unknown
  }
  const methods: IPluginMethodMap = { ...inner, ...overrides, resolveDid }
  const bounded = Object.create(agent) as Agent
  unbounded.set(bounded, unboundedAgent(agent))
  const execute = async (name: string, args: unknown): Promise<unknown> => {
    const method = methods[name]
    if (method === undefined) throw new Error(`Method not available: ${name}`)
    return method(args ?? {}, { ...context, agent: bounded }) as unknown
  }
  const own = Object.keys(methods).map((name) => [name, (args: unknown) => execute(name, args)])
  return Object.assign(bounded, Object.fromEntries(own) as object, { methods, execute })
}
