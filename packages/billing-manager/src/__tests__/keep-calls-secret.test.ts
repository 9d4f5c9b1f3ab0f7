import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'

const program = fileURLToPath(new URL('secret-call.js', import.meta.url))

describe('what passes through a metered call', () => {
  const directory = temporaryDirectory()

  it('is in no line that DEBUG=* prints', async () => {
    const env = { ...process.env, DEBUG: '*' }
    const url = `sqlite:${join(directory, 'secret.sqlite')}`
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, url], { env })
    const { secret, replayed } = JSON.parse(stdout) as { secret: string; replayed: string }
    expect(replayed).toBe(secret)
    expect(stderr).toContain('veramo:agent:billingManagerGetUsage')
    expect(stderr).not.toContain(secret)
  })
})
