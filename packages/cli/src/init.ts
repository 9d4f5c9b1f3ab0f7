import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { IAgent } from '@veramo/core-types'
import { KEK_FILE, OPERATOR_TENANT_ID, PEPPER_FILE, type Settings } from '@veramo-studio/plugin-kit'
import type { ApiKeyManagerCreateResult, ApiKeyPage } from '@veramo-studio/api-key-manager'
import { compose } from './agent-file.js'
import { createSecretFile, ensureDataDir, replaceSecretFile } from './secret-file.js'

export interface InitOptions {
  agentFile: string
  settings: Settings
  variables: Readonly<Record<string, string | undefined>>
  /** Makes a further operator key, where the first token was lost. */
  newOperatorToken: boolean
  say: (line: string) => void
}

const OPERATOR_TOKEN_FILE = 'operator-token'
const SECRET_BYTES = 32

/**
 * Prepares a service for its first start: data directory, secrets, tables, and the first operator's key, whose token
 * goes to a file that only its owner can read. What is there already stays as it is.
 */
export async function init(options: InitOptions): Promise<void> {
  const { settings, variables, say } = options
  await ensureDataDir(settings.dataDir)
  for (const [variable, name] of [
    ['STUDIO_KEK', KEK_FILE],
    ['STUDIO_PEPPER', PEPPER_FILE],
  ] as const) {
    if (variables[variable]) continue
    const file = join(settings.dataDir, name)
    const made = await createSecretFile(file, `${randomBytes(SECRET_BYTES).toString('base64')}\n`)
    if (made) say(`made ${file}: back it up, without it the data cannot be opened`)
  }
  const { agent, database } = await compose(options.agentFile)
  try {
    await ensureOperatorToken(agent, options)
  } finally {
    await database.close()
  }
}

async function ensureOperatorToken(agent: IAgent, { settings, newOperatorToken, say }: InitOptions): Promise<void> {
  const file = join(settings.dataDir, OPERATOR_TOKEN_FILE)
  const { items }: ApiKeyPage = await agent.execute('apiKeyManagerList', { customerId: OPERATOR_TENANT_ID, limit: 1 })
  if (items.length === 0 || newOperatorToken) {
    const { token }: ApiKeyManagerCreateResult = await agent.execute('apiKeyManagerCreate', {
      customerId: OPERATOR_TENANT_ID,
      name: 'operator',
      permissions: ['*'],
    })
    await replaceSecretFile(file, `${token}\n`)
  }
  say(
    existsSync(file)
      ? `operator token: ${file}`
      : `operator token: made earlier, and no longer in ${file}; init --new-operator-token makes another`,
  )
}
