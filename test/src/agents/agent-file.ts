import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MethodRule } from '@veramo-studio/billing-manager'
import { parse } from 'yaml'
import { AGENT_FILE } from './environment.js'

export interface AgentFile extends Record<string, unknown> {
  constants: { methods: string[] }
  apiKeyManager: { $args: [Record<string, unknown>] }
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
  return writeAgentFile(directory, (config) => {
    for (const { plan, limits } of config.plans) if (plan === 'trial') limits['did.create'] = 1
    config['chain'] = { $require: './test/build/agents/pretended-chain.js#PretendedChain', $args: [directory] }
    config.constants.methods.push('writeToChain')
    config.methodRules['writeToChain'] = { effect: 'ledger', meter: 'did.create' }
    config.billingManager.$args[0]['outcomes'] = [{ $ref: '/chain' }]
    config.agent.$args[0].plugins.push({ $ref: '/chain' })
  })
}

/** The shipped agent.yml with some changes, in a file of the directory. */
export function writeAgentFile(directory: string, change: (config: AgentFile) => void): string {
  const config = parse(readFileSync(AGENT_FILE, 'utf8')) as AgentFile
  change(config)
  const file = join(directory, 'agent.yml')
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config))
  return file
}
