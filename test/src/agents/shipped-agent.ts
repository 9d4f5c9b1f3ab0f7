import { readFileSync } from 'node:fs'
import { createObjects } from '@veramo/cli/build/lib/objectCreator'
import type { IAgent } from '@veramo/core-types'
import type { BillingManager, BillingManagerOptions, MethodRule } from '@veramo-studio/billing-manager'
import type { Database } from '@veramo-studio/plugin-kit'
import { parse } from 'yaml'
import { AGENT_FILE } from './environment.js'

export interface ShippedAgent {
  agent: IAgent
  database: Database
  billing: BillingManager
}

interface AgentFile extends Record<string, unknown> {
  billingManager: { $args: [object] }
  methodRules: Record<string, MethodRule>
}

/**
 * Makes the agent of the shipped agent.yml in this process, for what the environment says, but for some options of its
 * billing manager and some rules.
 */
export async function openShippedAgent(
  billing: Partial<BillingManagerOptions> = {},
  methodRules: Record<string, MethodRule> = {},
): Promise<ShippedAgent> {
  const config = parse(readFileSync(AGENT_FILE, 'utf8')) as AgentFile
  Object.assign(config.billingManager.$args[0], billing)
  Object.assign(config.methodRules, methodRules)
  const pointers = { database: '/database', agent: '/agent', billing: '/billingManager' }
  return (await createObjects(config, pointers)) as unknown as ShippedAgent
}

export async function closeShippedAgent({ billing, database }: ShippedAgent): Promise<void> {
  await billing.stop()
  await database.close()
}
