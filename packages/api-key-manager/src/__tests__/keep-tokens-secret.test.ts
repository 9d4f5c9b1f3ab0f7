import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'

const program = fileURLToPath(new URL('use-every-method.js', import.meta.url))

describeOnEachDatabase('a token', (fresh) => {
  it('is in no line that DEBUG=* prints and in no error', async () => {
    const env = { ...process.env, DEBUG: '*' }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, await fresh()], { env })
    const { token, failures } = JSON.parse(stdout) as { token: string; failures: string[] }
    expect(stderr).toContain('veramo:agent:apiKeyManagerList')
    expect(stderr).not.toMatch(/apiKeyManager(Create|Verify)/)
    expect(failures).toHaveLength(7)
    expect(failures.filter((failure) => !failure.startsWith('StudioError'))).toEqual([])
    expect(failures.filter((failure) => failure.includes(token.slice(25)))).toEqual([])
  })
})
