import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MethodRule } from '@veramo-studio/billing-manager'
import { parse } from 'yaml'
import { AGENT_FILE } from './environment.js'

interface AgentFile extends Record<string, unknown> {
  constants: { methods: string[] }
  methodRules: Record<string, MethodRule>
  plans: { plan: string; limits: Record<string, number> }[]
  billingManager: { $args: [Record<string, unknown>] }
  agent: { $args: [{ plugins: object[] }] }
}

/**
 * The shipped agent.yml, but that its trial gives one DID, after which each is paid for with money, and that it writes to a
 * pretended chain, which lives in the directory. Gives the path of the file.
 */
export function writeChainAgentFile(directory: string): string {
  const config = parse(readFileSync(AGENT_FILE, 'utf8')) as AgentFile
  for (const { plan, limits } of config.plans) if (plan === 'trial') limits['did.create'] = 1
  config['chain'] = { $require: './test/build/agents/pretended-chain.js#PretendedChain', $args: [directory] }
  config.constants.methods.push('writeToChain')
  config.methodRules['writeToChain'] = { effect: 'ledger', meter: 'did.create' }
  config.billingManager.$args[0]['outcomes'] = [{ $ref: '/chain' }]
  config.agent.$args[0].plugins.push({ $ref: '/chain' })
  const file = join(directory, 'agent.yml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config))
  return file
}
