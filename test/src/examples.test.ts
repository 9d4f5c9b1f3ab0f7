import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
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

describe('the switch of an existing agent’s stores', () => {
  const directory = temporaryDirectory()
  const folder = join(ROOT, 'examples/existing-agent')

  it('is a few lines, and the agent answers as before', async () => {
    const answers = []
    for (const program of ['stores-before', 'stores-after']) {
      const file = join(directory, `${program}.sqlite`)
      const { stdout } = await run(process.execPath, [join(folder, `${program}.js`), file])
      answers.push(JSON.parse(stdout) as unknown)
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[0]).toMatchObject({ found: true, signed: true, byName: 1 })
  })

  it('is shown as it is', () => {
    const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n')
    const shown = linesOf('switch-stores.diff').filter((line) => /^[+-](?![+-])/.test(line))
    const [before, after] = [linesOf('stores-before.js'), linesOf('stores-after.js')]
    const changes = [
      ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
    ]
    expect(new Set(shown)).toEqual(new Set(changes))
    expect(changes.length).toBeLessThan(30)
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
