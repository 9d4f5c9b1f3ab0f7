import { createAgent } from '@veramo/core'
import type { IAgent, IAgentContext, IPluginMethodMap } from '@veramo/core-types'
import { currentContext, markOperatorOnly, type Principal } from '@veramo-studio/plugin-kit'

/** An agent with a method for customers, which calls another one, and a method for operators. */
export function openAgent(): IAgent {
  const schema = {
    components: {
      schemas: {},
      methods: { whoAmI: {}, askOther: {}, rule: {}, fail: {} },
    },
  }
  const methods = {
    whoAmI: async () => currentContext().scope ?? null,
    askOther: async (_args: unknown, context: IAgentContext<IPluginMethodMap>) =>
      context.agent.execute<object, unknown>('rule', {}),
    rule: async () => currentContext().scope ?? 'no tenant',
    fail: async () => {
      throw new Error('it went wrong')
    },
  }
  return createAgent({ plugins: [{ schema: markOperatorOnly(schema, ['rule']), methods }] })
}

export function customer(tenantId: string, permissions = ['*']): Principal {
  return { tenantId, role: 'customer', permissions, environment: 'live' }
}

export function operator(tenantId = 'operator', permissions = ['*']): Principal {
  return { tenantId, role: 'operator', permissions, environment: 'live' }
}
