import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'

const program = fileURLToPath(new URL('use-every-method.js', import.meta.url))

describeOnEachDatabase('a token', (fresh) => {
  it('is in no line that DEBUG=* prints, in no error and in no row, nor is the pepper', async () => {
    const env = { ...process.env, DEBUG: '*' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, await fresh()], { env })
    const { tokens, stored, failures } = JSON.parse(stdout) as { tokens: string[]; stored: string; failures: string[] }
    expect(stderr).toContain('veramo:agent:apiKeyManagerList')
    expect(stderr).not.toMatch(/agent:apiKeyManager(?!List)/)
    expect(failures).toHaveLength(10)
    expect(failures.filter((failure) => !failure.startsWith('StudioError'))).toEqual([])
    expect(stored).toContain('"rotate"')
    const secrets = [...tokens.map((token) => token.slice(25)), '01'.repeat(32), Buffer.alloc(32, 1).toString('base64')]
    for (const secret of secrets) {
      expect(stderr).not.toContain(secret)
      expect(stored).not.toContain(secret)
      expect(failures.filter((failure) => failure.includes(secret))).toEqual([])
    }
  })
})
