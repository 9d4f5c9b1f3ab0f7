import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { ROOT } from './agents/environment.js'
import { servedContext } from './agents/served.js'
import { newCustomer } from './agents/suite-context.js'

const run = promisify(execFile)

async function runExample(name: string, args: string[], environment: Record<string, string> = {}): Promise<unknown> {
  const main = join(ROOT, 'examples', name, 'main.js')
  const env = { PATH: process.env['PATH'], ...environment }
  const { stdout } = await run(process.execPath, [main, ...args], { cwd: ROOT, env })
  return JSON.parse(stdout)
}

describe('the examples', () => {
  const directory = temporaryDirectory()

  it('embedded: two customers in one program', async () => {
    expect(await runExample('embedded', [join(directory, 'embedded.sqlite')])).toEqual({
      customer: 'Acme',
      did: expect.stringMatching(/^did:key:z/),
      verified: true,
      refusal: 'limit_exhausted: the limit of did.create is used up; the plan sells no more',
      used: 2,
      seenByTheOther: 0,
    })
  })

  it('existing-agent: plugins added to an agent with Veramo’s own stores', async () => {
    expect(await runExample('existing-agent', [directory])).toEqual({
      resolved: true,
      refusal: 'permission_denied: the key does not have the permission didManagerCreate',
      limit: 'limit_exhausted: the limit of did.resolve is used up; the plan sells no more',
    })
  })
})

describe('the examples, against a service', () => {
  const context = servedContext(async () => `sqlite:${join(mkdtempSync(join(tmpdir(), 'veramo-studio-')), 'x.sqlite')}`)
  beforeAll(() => context.setup())
  afterAll(() => context.tearDown())

  it('remote: Veramo’s own client', async () => {
    const { token } = await newCustomer(context)
    const environment = { STUDIO_URL: context.service().baseUrl, STUDIO_TOKEN: token }
    expect(await runExample('remote', [], environment)).toEqual({
      did: expect.stringMatching(/^did:key:z/),
      verified: true,
      refusal: 'not_found: Identifier not found',
    })
  })
})
