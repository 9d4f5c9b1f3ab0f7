/**
 * Calls over HTTP, 32 connections: the shipped agent.yml (ours: authenticates, isolates, seals and meters) against the
 * default agent of the Veramo CLI (one tenant), each served by `veramo server` in a process of its own, on a SQLite file
 * with durable commits.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inTemporaryDirectory, measure } from './harness.js'

const CONNECTIONS = 32
const DURATION_MS = 3000
const WARM_UP_MS = 1000
const START_LIMIT_MS = 60_000
const VERAMO = resolve('node_modules/@veramo/cli/bin/veramo.js')

/** Shipped as free; here it is paid for, with two durable commits a call. */
const METERED_NO_OP = 'didManagerGetProviders'

const ROWS = [
  { name: 'no-op', method: 'keyManagerGetKeyManagementSystems', args: {}, bar: 1.5 },
  { name: 'no-op, metered', method: METERED_NO_OP, args: {}, bar: 1.5 },
  { name: 'did:key create', method: 'didManagerCreate', args: { provider: 'did:key' }, bar: 4 },
]

await inTemporaryDirectory(async (directory) => {
  const servers = [await startStock(directory), await startOurs(directory)]
  try {
    const [stock, ours] = servers
    for (const { name, method, args, bar } of ROWS) {
      await measure({
        name,
        unit: 'requests/s',
        better: 'higher',
        bar,
        rounds: 3,
        ours: () => requestsPerSecond(ours, method, args),
        baseline: () => requestsPerSecond(stock, method, args),
      })
    }
  } finally {
    for (const { child } of servers) {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
  }
})

async function startStock(directory) {
  const port = await freePort()
  const file = join(directory, 'stock.yml')
  const shipped = readFileSync(resolve('node_modules/@veramo/cli/default/default.yml'), 'utf8')
  writeFileSync(
    file,
    shipped
      .replace('port: 3332', `port: ${port}`)
      .replace('databaseFile: ./database.sqlite', `databaseFile: ${join(directory, 'stock.sqlite')}`),
  )
  const server = await serve(port, [VERAMO, 'server', '--config', file], {})
  return { ...server, headers: { authorization: 'Bearer test123' } }
}

async function startOurs(directory) {
  const port = await freePort()
  const dataDir = join(directory, 'data')
  const shipped = readFileSync(resolve('agent.yml'), 'utf8')
  const metered = shipped.replace(
    /^methodRules:$/m,
    `$&\n  ${METERED_NO_OP}: { effect: pure, meter: credential.issue }`,
  )
  if (metered === shipped) throw new Error('agent.yml has no methodRules to meter a method with')
  const file = join(directory, 'agent.yml')
  writeFileSync(file, metered)
  const command = [resolve('packages/cli/bin/veramo-studio.js'), 'start', '--config', file]
  const server = await serve(port, command, { PORT: String(port), DATA_DIR: dataDir })
  const operator = { 'x-api-key': readFileSync(join(dataDir, 'operator-token'), 'utf8').trim() }
  const asOperator = { ...server, headers: operator }
  const { customerId } = await call(asOperator, 'accountManagerCreate', { name: 'bench' })
  const { token } = await call(asOperator, 'apiKeyManagerCreate', { customerId, name: 'bench' })
  for (const meter of ['did.create', 'credential.issue']) {
    const grant = { customerId, meter, units: 1_000_000, reason: 'bench', idempotencyKey: `bench ${meter}` }
    await call(asOperator, 'billingManagerGrantCredit', grant)
  }
  return { ...server, headers: { 'x-api-key': token } }
}

async function serve(port, command, environment) {
  const child = spawn(process.execPath, command, {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const server = { child, port, agent, headers: {} }
  const deadlineMs = performance.now() + START_LIMIT_MS
  for (;;) {
    try {
      await exchange(server, { path: '/', method: 'GET' })
      return server
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadlineMs) throw error
      await sleep(100)
    }
  }
}

/** Each connection sends one request after another. An answer that is not 200 ends the bench: it would measure nothing. */
async function requestsPerSecond(server, method, args) {
  await sendFor(WARM_UP_MS)
  const startedMs = performance.now()
  const count = await sendFor(DURATION_MS)
  return (count * 1000) / (performance.now() - startedMs)

  async function sendFor(durationMs) {
    const endMs = performance.now() + durationMs
    let sent = 0
    const connection = async () => {
      while (performance.now() < endMs) {
        await call(server, method, args)
        sent += 1
      }
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, connection))
    return sent
  }
}

async function call(server, method, args) {
  const body = JSON.stringify(args)
  const headers = { ...server.headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const { status, text } = await exchange(server, { path: `/agent/${method}`, method: 'POST', headers }, body)
  if (status !== 200) throw new Error(`${method} was answered ${status}: ${text}`)
  return JSON.parse(text)
}

function exchange({ port, agent }, options, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, agent, ...options }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk) => (text += chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode, text }))
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}
