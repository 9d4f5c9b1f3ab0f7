import { createSecretKey } from 'node:crypto'
import { createAgent, type IAgentPlugin, type TAgent } from '@veramo/core'
import { ManualClock, openDatabase, runAsPrincipal, type Database, type Principal } from '@veramo-studio/plugin-kit'
import {
  ApiKeyManager,
  Entities,
  migrations,
  type ApiKeyManagerCreateArgs,
  type ApiKeyManagerCreateResult,
  type ApiKeyManagerOptions,
  type IApiKeyManager,
} from '../index.js'

export const NOW = new Date('2030-03-01T12:00:00.000Z')

export function pepperOf(byte: number) {
  return createSecretKey(Buffer.alloc(32, byte))
}

/** An agent with API keys alone, on a clock that stands still. */
export interface Studio {
  agent: TAgent<IApiKeyManager>
  manager: ApiKeyManager
  database: Database
  clock: ManualClock
  /** Makes a key as raw code does, or as somebody. */
  create: (args: ApiKeyManagerCreateArgs, principal?: Principal) => Promise<ApiKeyManagerCreateResult>
}

export interface StudioOptions extends Partial<Omit<ApiKeyManagerOptions, 'database' | 'clock'>> {
  plugins?: IAgentPlugin[]
  /** Lets Veramo check arguments and results against the schema. */
  schemaValidation?: boolean
}

export async function openStudio(url: string, options: StudioOptions = {}): Promise<Studio> {
  const { plugins = [], schemaValidation = false, ...settings } = options
  const database = await openDatabase({ url, entities: [Entities], migrations: [migrations] })
  const clock = new ManualClock(NOW)
  const peppers = settings.peppers === undefined ? { pepper: pepperOf(1) } : {}
  const manager = new ApiKeyManager({ database, clock, ...peppers, ...settings })
  const agent = createAgent<IApiKeyManager>({ plugins: [manager, ...plugins], schemaValidation })
  const create: Studio['create'] = (args, principal) =>
    principal === undefined
      ? agent.apiKeyManagerCreate(args)
      : runAsPrincipal(principal, () => agent.apiKeyManagerCreate(args))
  return { agent, manager, database, clock, create }
}

/** Makes a key for somebody and returns who calls with it. */
export async function principalOf({ agent, create }: Studio, args: ApiKeyManagerCreateArgs): Promise<Principal> {
  const { token } = await create(args)
  const { principal } = await agent.apiKeyManagerVerify({ token })
  if (principal === undefined) throw new Error('a new key is not valid')
  return principal
}

/** What an error says to whoever gets it. */
export async function errorOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call
  } catch (error) {
    const { message, code, status, extensions } = error as Error & Record<string, unknown>
    return { message, code, status, extensions }
  }
  throw new Error('the call did not fail')
}
