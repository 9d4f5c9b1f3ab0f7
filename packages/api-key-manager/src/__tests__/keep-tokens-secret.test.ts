import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'

const program = fileURLToPath(new URL('use-every-method.js', import.meta.url))

interface Printed {
  /** What nothing else may show: what is secret of tokens, and the hash that was imported. */
  secrets: string[]
  stored: string
  events: string
  failures: string[]
}

describeOnEachDatabase('a token', (fresh) => {
  it('is in no line that DEBUG=* prints, in no error, no event and in no row, nor is the pepper or the hash that was imported', async () => {
    const env = { ...process.env, DEBUG: '*' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, await fresh()], { env })
    const { secrets, stored, events, failures } = JSON.parse(stdout) as Printed
    expect(stderr).toContain('veramo:agent:apiKeyManagerList')
    expect(stderr).not.toMatch(/agent:apiKeyManager(?!List)/)
    expect(failures).toHaveLength(15)
    expect(failures.filter((failure) => !failure.startsWith('StudioError'))).toEqual([])
    expect(stored).toContain('"rotate"')
    for (const type of ['apiKeyCreated', 'apiKeyUpdated', 'apiKeyRotated', 'apiKeyRevoked', 'apiKeyLimitReached']) {
      expect(events).toContain(type)
    }
    const peppers = ['01'.repeat(32), Buffer.alloc(32, 1).toString('base64')]
    for (const secret of [...secrets, ...peppers]) {
      expect(events).not.toContain(secret)
      expect(stderr).not.toContain(secret)
      expect(stored).not.toContain(secret)
      expect(failures.filter((failure) => failure.includes(secret))).toEqual([])
    }
  })
})
