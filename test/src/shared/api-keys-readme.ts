import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IAgent } from '@veramo/core-types'
import type { ApiKeyPage } from '@veramo-studio/api-key-manager'
import { ROOT } from '../agents/environment.js'
import { newCustomer, type SuiteContext } from '../agents/suite-context.js'

const README = join(ROOT, 'packages/api-key-manager/README.md')

type Sha256 = (text: string) => string
type Program = (agent: IAgent, customerId: string, sha256: Sha256) => Promise<void>

/** The lines of the README, as a program of the names that they leave open. */
function readProgram(): { program: Program; lines: string } {
  const [, lines = ''] = /```js\n(.*?)```/s.exec(readFileSync(README, 'utf8')) ?? []
  const AsyncFunction = (async () => undefined).constructor as new (...parts: string[]) => Program
  return { program: new AsyncFunction('agent', 'customerId', 'sha256', lines), lines }
}

export function apiKeysReadme(context: SuiteContext): void {
  describe('API keys, as their README shows them', () => {
    beforeAll(() => context.setup())
    afterAll(() => context.tearDown())

    it('do what each line says, and every method has a line', async () => {
      const { program, lines } = readProgram()
      const { account, agent } = await newCustomer(context)
      const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex')
      await program(await context.operator(), account.customerId, sha256)
      const { items } = await agent.execute<object, ApiKeyPage>('apiKeyManagerList', {})
      expect(items.map(({ name, status }) => `${name}: ${status}`).sort()).toEqual([
        ...['builds: revoked', 'builds: revoked', 'default: active', 'of before: revoked'],
        'spends on the testnet alone: active',
      ])
      const described = new Set(readFileSync(README, 'utf8').match(/^\| `apiKeyManager\w+/gm))
      expect(described.size).toBe(12)
      for (const row of described) expect(lines).toContain(`agent.${row.slice(3)}(`)
    })
  })
}
