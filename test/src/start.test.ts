import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { AGENT_FILE, freePort, freshEnvironment, ROOT } from './agents/environment.js'
import { ServiceProcess } from './agents/service-process.js'

const HALF_A_CALL =
  'POST /agent/accountManagerList HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n'

const running: ServiceProcess[] = []

function service(environment: Record<string, string>): ServiceProcess {
  const made = new ServiceProcess(environment)
  running.push(made)
  return made
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()))
})

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

/** A refusal to start: not more than a line, without a stack. */
async function refusal(environment: Record<string, string>, args = ['start']): Promise<string> {
  const { code, errors } = await service(environment).run(args)
  expect(code).toBe(1)
  const lines = errors.trim().split('\n')
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

describeOnEachDatabase('the first start', (fresh, engine) => {
  it('makes its secrets for the owner alone, and a second start changes none of it', async () => {
    const environment = await freshEnvironment(await fresh())
    const dataDir = String(environment['DATA_DIR'])
    const first = service(environment)
    await first.start()
    const token = first.operatorToken
    expect(first.output).toContain(`operator token: ${join(dataDir, 'operator-token')}`)
    expect(first.output).not.toContain(token)
    expect(modeOf(dataDir)).toBe(0o700)
    const contents = () =>
      ['kek', 'pepper', 'operator-token'].map((name) => {
        expect(modeOf(join(dataDir, name))).toBe(0o600)
        return readFileSync(join(dataDir, name), 'utf8')
      })
    const before = contents()
    expect((await first.signal('SIGTERM')).code).toBe(0)

    const second = service(environment)
    await second.start()
    expect(contents()).toEqual(before)
    const response = await fetch(`${second.baseUrl}/agent/accountManagerList`, {
      method: 'POST',
      headers: { 'x-api-key': token },
    })
    expect(response.status).toBe(200)
  })

  const superuserUrl = process.env['TEST_POSTGRES_SUPERUSER_URL']
  // A server that TEST_POSTGRES_URL names has no superuser to offer, and SQLite has none.
  const withSuperuser = engine === 'postgres' && superuserUrl !== undefined ? it : it.skip

  withSuperuser('refuses a role that the isolation of tenants does not hold', async () => {
    const url = new URL(String(superuserUrl))
    url.pathname = new URL(await fresh()).pathname
    expect(await refusal(await freshEnvironment(url.href))).toMatch(
      /^setting_invalid: DATABASE_URL: the role "postgres" bypasses row-level security; /,
    )
  })

  it('refuses data that another key has sealed', async () => {
    const environment = await freshEnvironment(await fresh())
    expect((await service(environment).run(['init'])).code).toBe(0)
    const wrong = { ...environment, STUDIO_KEK: Buffer.alloc(32, 9).toString('base64') }
    expect(await refusal(wrong)).toMatch(/^kek_mismatch: .*STUDIO_KEK/)
    expect((await service(environment).run(['init'])).code).toBe(0)
  })

  it('migrates, and has nothing to do the second time', async () => {
    const environment = await freshEnvironment(await fresh())
    const first = await service(environment).run(['migrate'])
    expect(first.output).toContain('applied CreateApiKey')
    const second = await service(environment).run(['migrate'])
    expect(second).toEqual({ code: 0, output: 'the database is up to date\n', errors: '' })
  })
})

describe('a start', () => {
  const sqlite = () => `sqlite:${join(mkdtempSync(join(tmpdir(), 'veramo-studio-start-')), 'studio.sqlite')}`

  it('names the setting that is malformed', async () => {
    const environment = await freshEnvironment(sqlite())
    for (const [name, value] of [
      ['PORT', 'abc'],
      ['PORT', '70000'],
      ['BASE_URL', 'localhost'],
      ['DATABASE_URL', 'mysql://nowhere'],
      ['DATABASE_URL', 'sqlite::memory:'],
      ['STUDIO_KEK', 'short'],
      ['STUDIO_PEPPER', '!!!'],
      ['TRUST_PROXY', 'everybody'],
      ['CORS_ALLOWED_ORIGINS', 'console'],
      ['ETHR_MAINNET_RPC_URL', 'infura'],
      ['IMPORTED_KEY_PREFIXES', 'vs_old_'],
    ] as const) {
      const line = await refusal({ ...environment, [name]: value })
      expect(line).toMatch(new RegExp(`^setting_invalid: .*${name}`))
    }
  })

  it('says so in one line when the database cannot be reached', async () => {
    const environment = await freshEnvironment(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`)
    expect(await refusal(environment)).toMatch(/^store_unavailable: /)
  })

  it('says so in one line when the port is taken', async () => {
    const environment = await freshEnvironment(sqlite())
    const squatter = createServer()
    await new Promise<void>((done) => squatter.listen(Number(environment['PORT']), done))
    try {
      expect(await refusal(environment)).toContain(`port_in_use: port ${environment['PORT']} is taken`)
    } finally {
      await new Promise((done) => squatter.close(done))
    }
  })

  it('says so in one line when the data directory is none, or a secret can be read by others', async () => {
    const environment = await freshEnvironment(sqlite())
    const file = join(mkdtempSync(join(tmpdir(), 'veramo-studio-start-')), 'file')
    writeFileSync(file, '')
    expect(await refusal({ ...environment, DATA_DIR: file })).toMatch(/^setting_invalid: DATA_DIR/)
    expect((await service(environment).run(['init'])).code).toBe(0)
    chmodSync(join(String(environment['DATA_DIR']), 'kek'), 0o644)
    expect(await refusal(environment)).toMatch(/^setting_invalid: .*chmod 600/)
  })

  it('says so in one line when the agent file is missing or broken', async () => {
    const environment = await freshEnvironment(sqlite())
    const file = join(mkdtempSync(join(tmpdir(), 'veramo-studio-start-')), 'agent.yml')
    expect(await refusal(environment, ['--config', file, 'start'])).toMatch(/^setting_invalid: .*agent\.yml/)
    writeFileSync(file, 'version: 3.0\nagent: [')
    expect(await refusal(environment, ['--config', file, 'start'])).toMatch(/^setting_invalid: .*agent\.yml/)
  })

  it('makes another operator token when asked, and only then', async () => {
    const environment = await freshEnvironment(sqlite())
    const file = join(String(environment['DATA_DIR']), 'operator-token')
    await service(environment).run(['init'])
    const first = readFileSync(file, 'utf8')
    rmSync(file)
    const again = await service(environment).run(['init'])
    expect(again.output).toContain('--new-operator-token')
    expect(existsSync(file)).toBe(false)
    await service(environment).run(['init', '--new-operator-token'])
    expect(readFileSync(file, 'utf8')).not.toBe(first)
    expect(readdirSync(String(environment['DATA_DIR'])).sort()).toEqual(['kek', 'operator-token', 'pepper'])
  })

  it('is not needed for the stock CLI: veramo server serves the same file', async () => {
    const environment = await freshEnvironment(sqlite())
    await service(environment).run(['init'])
    const veramo = join(ROOT, 'node_modules/@veramo/cli/bin/veramo.js')
    const stock = new ServiceProcess(environment, [veramo, 'server', '--config', AGENT_FILE])
    running.push(stock)
    await stock.start()
    const response = await fetch(`${stock.baseUrl}/agent/accountManagerList`, {
      method: 'POST',
      headers: { 'x-api-key': stock.operatorToken },
    })
    expect(response.status).toBe(200)
    expect((await stock.signal('SIGTERM')).code).toBe(0)
  })
})

describe('a stop', () => {
  it('finishes the calls that run, also when the signal arrives twice', async () => {
    const environment = await freshEnvironment(
      `sqlite:${join(mkdtempSync(join(tmpdir(), 'veramo-studio-stop-')), 'studio.sqlite')}`,
    )
    const made = service(environment)
    await made.start()
    const headers = { 'x-api-key': made.operatorToken, 'content-type': 'application/json' }
    const calls = Array.from({ length: 30 }, (_unused, index) =>
      fetch(`${made.baseUrl}/agent/accountManagerCreate`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: `customer ${index}` }),
      }),
    )
    await Promise.race(calls)
    const stopped = made.signal('SIGTERM')
    await sleep(1)
    const statuses = await Promise.allSettled(calls.map(async (call) => (await call).status))
    expect((await stopped).code).toBe(0)
    const answered = statuses.flatMap((status) => (status.status === 'fulfilled' ? [status.value] : []))
    expect(answered.every((status) => status === 200)).toBe(true)
    expect(answered.length).toBeGreaterThan(0)
  })

  it('does not wait for the rest of a request that never comes', async () => {
    const environment = await freshEnvironment(
      `sqlite:${join(mkdtempSync(join(tmpdir(), 'veramo-studio-stop-')), 'studio.sqlite')}`,
    )
    const made = service(environment)
    await made.start()
    const { port } = new URL(made.baseUrl)
    const begun = ['', 'POST /agent/accountManagerList HTTP/1.1\r\nHost', `${HALF_A_CALL}{ "limit"`]
    const ended = begun.map(async (text) => {
      const socket = connect(Number(port), 'localhost')
      socket.write(text)
      await new Promise<void>((resolve) =>
        socket
          .on('error', () => undefined)
          .resume()
          .once('close', () => resolve()),
      )
    })
    await sleep(200)
    const signalledAt = performance.now()
    expect((await made.signal('SIGTERM')).code).toBe(0)
    expect(performance.now() - signalledAt).toBeLessThan(15_000)
    await Promise.all(ended)
  })
})
