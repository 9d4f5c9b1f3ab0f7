import { readFileSync } from 'node:fs'
import { createObjects } from '@veramo/cli/build/lib/objectCreator'
import type { IAgent } from '@veramo/core-types'
import type { ApiKeyDecision, ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import type { BillingManager } from '@veramo-studio/billing-manager'
import { OPERATOR_TENANT_ID, type Database } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import type { FreshDatabase } from '@veramo-studio/test-support'
import { parse } from 'yaml'
import { AGENT_FILE, freshEnvironment } from './environment.js'
import type { SuiteContext } from './suite-context.js'

const SECRETS = {
  STUDIO_KEK: Buffer.alloc(32, 1).toString('base64'),
  STUDIO_PEPPER: Buffer.alloc(32, 2).toString('base64'),
}

interface Opened {
  agent: IAgent
  database: Database
  billing: BillingManager
}

export interface EmbeddedContext extends SuiteContext {
  /** What runs now; others after a restart. */
  parts(): Opened
}

/** The shipped agent in this process, without HTTP. */
export function embeddedContext(fresh: FreshDatabase): EmbeddedContext {
  let agent: IAgent
  let database: Database
  let billing: BillingManager
  let operatorToken: string

  const close = async () => {
    await billing.stop()
    await database.close()
  }
  const open = async () => {
    const config = parse(readFileSync(AGENT_FILE, 'utf8')) as Record<string, unknown>
    const pointers = { database: '/database', agent: '/agent', billing: '/billingManager' }
    ;({ agent, database, billing } = (await createObjects(config, pointers)) as unknown as Opened)
    billing.startRecovery()
  }
  const agentFor = async (token: string, idempotencyKey?: string) => {
    const decision = await agent.execute<object, ApiKeyDecision>('apiKeyManagerVerify', { token })
    if (decision.principal === undefined) throw new Error(`the token is ${decision.code}`)
    return tenantAgent(agent, decision.principal, idempotencyKey === undefined ? {} : { idempotencyKey })
  }
  return {
    parts: () => ({ agent, database, billing }),
    setup: async () => {
      Object.assign(process.env, await freshEnvironment(await fresh()), SECRETS)
      await open()
      const made = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', {
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
  }
}
