import type { ApiKeyDecision, ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { OPERATOR_TENANT_ID } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import type { FreshDatabase } from '@veramo-studio/test-support'
import { freshEnvironment } from './environment.js'
import { closeShippedAgent, openShippedAgent, type ShippedAgent } from './shipped-agent.js'
import type { SuiteContext } from './suite-context.js'

/** Of all agents that run embedded in these suites. */
export const SECRETS = {
  STUDIO_KEK: Buffer.alloc(32, 1).toString('base64'),
  STUDIO_PEPPER: Buffer.alloc(32, 2).toString('base64'),
}

export interface EmbeddedContext extends SuiteContext {
  /** What runs now; others after a restart. */
  parts(): ShippedAgent
}

/** The shipped agent in this process, without HTTP. */
export function embeddedContext(fresh: FreshDatabase): EmbeddedContext {
  let parts: ShippedAgent
  let operatorToken: string

  const close = () => closeShippedAgent(parts)
  const open = async () => {
    parts = await openShippedAgent()
    parts.billing.startRecovery()
  }
  const agentFor = async (token: string, idempotencyKey?: string) => {
    const { agent } = parts
    const decision = await agent.execute<object, ApiKeyDecision>('apiKeyManagerVerify', { token })
    if (decision.principal === undefined) throw new Error(`the token is ${decision.code}`)
    return tenantAgent(agent, decision.principal, idempotencyKey === undefined ? {} : { idempotencyKey })
  }
  return {
    parts: () => parts,
    setup: async () => {
      Object.assign(process.env, await freshEnvironment(await fresh()), SECRETS)
      await open()
      const made = await parts.agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
        customerId: OPERATOR_TENANT_ID,
        name: 'operator',
      })
      operatorToken = made.token
    },
    tearDown: close,
    restart: async () => {
      await close()
      await open()
    },
    agentFor,
    operator: () => agentFor(operatorToken),
    baseUrl: () => String(process.env['BASE_URL']),
  }
}
