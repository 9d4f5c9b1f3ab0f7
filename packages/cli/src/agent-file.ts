import { readFile } from 'node:fs/promises'
import type { IAgent } from '@veramo/core-types'
import { createObjects } from '@veramo/cli/build/lib/objectCreator'
import type { KeyVault } from '@veramo-studio/key-custody'
import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import { parse } from 'yaml'
import { namingLine } from './name-line.js'

/** What the commands need of an `agent.yml`. The two belong together: the agent's plugins use this database. */
export interface Composition {
  agent: IAgent
  database: Database
}

interface AgentFile {
  text: string
  config: Record<string, unknown>
}

/** Makes the agent and the database of an `agent.yml`, as `veramo server` will. The caller closes the database. */
export async function compose(file: string): Promise<Composition> {
  return composeFrom(file, await readAgentFile(file))
}

/**
 * The same for a command, without the plugins of Veramo itself: no command calls them, and they take longer to load than
 * the command takes to run.
 */
export async function composeForCommand(file: string): Promise<Composition> {
  const agentFile = await readAgentFile(file)
  leaveOutVeramosPlugins(agentFile.config)
  return composeFrom(file, agentFile)
}

async function composeFrom(file: string, { text, config }: AgentFile): Promise<Composition> {
  try {
    return (await createObjects(config, { database: '/database', agent: '/agent' })) as unknown as Composition
  } catch (error) {
    throw namingLine(error, { file, text })
  }
}

/** An agent that is made in another way than Veramo's own files make it stays whole. */
function leaveOutVeramosPlugins(config: Record<string, unknown>): void {
  const { $args } = config['agent'] as { $args?: unknown }
  const [options] = (Array.isArray($args) ? $args : []) as { plugins?: unknown }[]
  if (!Array.isArray(options?.plugins)) return
  options.plugins = options.plugins.filter((plugin: unknown) => !isVeramosOwn(config, plugin))
}

function isVeramosOwn(config: Record<string, unknown>, plugin: unknown): boolean {
  const { $ref, $require } = (plugin ?? {}) as { $ref?: unknown; $require?: unknown }
  const made = typeof $ref === 'string' ? config[$ref.replace(/^\//, '')] : undefined
  const required = $require ?? (made as { $require?: unknown } | undefined)?.$require
  return typeof required === 'string' && required.startsWith('@veramo/')
}

/** Makes also the vault that seals the private keys of the agent. */
export async function composeWithVault(file: string): Promise<Composition & { vault: KeyVault }> {
  const { text, config } = await readAgentFile(file)
  if (!('vault' in config)) throw kitErrors.setting_invalid(`${file} must define "vault", which keeps private keys`)
  try {
    const pointers = { database: '/database', agent: '/agent', vault: '/vault' }
    return (await createObjects(config, pointers)) as unknown as Composition & { vault: KeyVault }
  } catch (error) {
    throw namingLine(error, { file, text })
  }
}

/** Makes the database of an `agent.yml` alone, which brings its tables up to date. */
export async function composeDatabase(file: string): Promise<Database> {
  const { config } = await readAgentFile(file)
  const { database } = await createObjects(config, { database: '/database' })
  return database as Database
}

async function readAgentFile(file: string): Promise<AgentFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw kitErrors.setting_invalid(`${file} cannot be read`, { cause })
  }
  let config: unknown
  try {
    config = parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not YAML'
    throw kitErrors.setting_invalid(`${file}: ${reason}`, { cause })
  }
  if (typeof config !== 'object' || config === null || !('database' in config) || !('agent' in config)) {
    throw kitErrors.setting_invalid(`${file} must define "database" and "agent"`)
  }
  return { text, config }
}
