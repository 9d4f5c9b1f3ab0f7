/**
 * Verifying API keys, with a million of them stored: ours against the least that it could cost, and against better-auth's
 * plugin on a file of its own, in WAL mode. `BENCH_KEYS` stores fewer, `BENCH_FORGERIES` makes fewer.
 */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import v8 from 'node:v8'
import vm from 'node:vm'
import { createAgent } from '@veramo/core'
import Sqlite from 'better-sqlite3'
import { ApiKeyManager, Entities, keyCallsOf, migrations } from '@veramo-studio/api-key-manager'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { generateApiKeyToken } from '../../packages/api-key-manager/build/api-key-token.js'
import { checksumOf } from '../../packages/api-key-manager/build/token-checksum.js'
import { Peppers } from '../../packages/api-key-manager/build/peppers.js'
import { inTemporaryDirectory, measure, perSecond } from '../harness.js'

const KEYS = Number(process.env.BENCH_KEYS ?? 1_000_000)
const FORGERIES = Number(process.env.BENCH_FORGERIES ?? 1_000_000)
/** Keys whose tokens are known here. */
const KNOWN = Math.min(20_000, KEYS)
const WARM = 1000
const TIMINGS = 50_000
/** What dudect takes for a leak, https://eprint.iacr.org/2016/1123 */
const LEAK_T = 4.5
const LAST_USED = 'SELECT "keyId", "lastUsedAt" FROM studio_api_key WHERE "lastUsedAt" IS NOT NULL'
const pepper = createSecretKey(randomBytes(32))
const peppers = new Peppers([{ version: 1, key: pepper }])

const FORGERS = new Peppers([{ version: 1, key: createSecretKey(randomBytes(32)) }])

v8.setFlagsFromString('--expose-gc')
const collectGarbage = vm.runInNewContext('gc')

const betterAuth = await loadBetterAuth()
if (betterAuth === undefined) {
  console.error('better-auth is not installed: npm install --prefix bench/api-keys --legacy-peer-deps')
  process.exitCode = 1
} else {
  await inTemporaryDirectory(run)
}

async function run(directory) {
  const file = join(directory, 'keys.sqlite')
  const tokens = await storeKeys(file)
  const warm = tokens.slice(0, WARM)
  const studio = await openStudio(file)
  const cold = await openStudio(file, { cachedKeys: 1 })
  const theirs = await openBetterAuth(join(directory, 'better-auth.sqlite'))

  const verify = (token) => studio.calls.verify({ token }, studio.agent)
  await expectValid(warm, verify)
  const warmRate = () => rateOf(warm, verify)
  const digests = new Map(warm.map((token) => [hash('sha256', token, 'binary'), token]))
  const lookUp = async (token) => digests.get(hash('sha256', token, 'binary'))

  await compare('warm verify, vs SHA-256 and a Map', 0.5, warmRate, () => rateOf(warm, lookUp))
  await compare('warm verify, vs better-auth with WAL', 100, warmRate, () =>
    perSecond(async () => (await theirs.verify(), 1)),
  )
  await coldVerify(cold, tokens, file)
  await refusals({ studio, warm, warmRate, verify })
  await agentOverhead(studio, warm)
  await rowsWritten(studio, warm[0])
  await memory(file, tokens)
  await timing(studio, tokens)
  for (const { database } of [studio, cold]) await database.close()
}

async function coldVerify(cold, tokens, file) {
  const reader = new Sqlite(file, { readonly: true })
  const bare = reader.prepare('SELECT * FROM bare WHERE "keyId" = ?')
  const keyIds = tokens.map((token) => token.slice(8, 24))
  const verify = (token) => cold.calls.verify({ token }, cold.agent)
  await expectValid(tokens.slice(0, 10), verify)
  const select = async (keyId) => bare.get(keyId)
  await compare(
    'cold verify, vs a prepared SELECT',
    0.4,
    () => rateOf(tokens, verify),
    () => rateOf(keyIds, select),
  )
  reader.close()
}

async function refusals({ studio, warm, warmRate, verify }) {
  const mistyped = warm.map((token, index) => misspell(token, index))
  const malformed = warm.map((token) => token.slice(1))
  const forged = forgeries()
  const hmac = (text) => createHmac('sha256', pepper).update(text).digest('hex')
  const twice = async (token) => [hmac(token), hmac(token)]
  await compare('a malformed token, vs a warm verify', 5, () => rateOf(malformed, verify), warmRate)
  await compare('a mistyped token, vs a warm verify', 5, () => rateOf(mistyped, verify), warmRate)
  await compare(
    'a forgery, vs two HMACs',
    null,
    () => rateOf(forged, verify),
    () => rateOf(forged, twice),
  )
  const reads = countReads(studio.database)
  for (const token of [...mistyped, ...malformed, ...forged]) {
    if ((await verify(token)).valid) throw new Error('a token was taken that nobody made')
  }
  await count('queries of typos and forgeries', 'queries', reads.stop())
}

async function agentOverhead({ agent, calls }, warm) {
  const library = () => microseconds(warm, (token) => calls.verify({ token }, agent))
  const executed = () => microseconds(warm, (token) => agent.execute('apiKeyManagerVerify', { token }))
  const extra = async () => (await executed()) - (await library())
  await measure({
    ...{ name: 'agent.execute over the library call', unit: 'µs', better: 'lower', bar: 1 },
    ...{ ours: extra, baseline: () => 10 },
  })
}

async function rowsWritten({ agent, calls, database }, token) {
  const { keyId } = (await calls.verify({ token }, agent)).apiKey
  await agent.execute('apiKeyManagerGetUsage', { keyId })
  const before = await rowsOf(database)
  for (let made = 0; made < 10_000; made += 1) await calls.verify({ token, method: 'resolveDid' }, agent)
  await agent.execute('apiKeyManagerGetUsage', { keyId })
  const after = await rowsOf(database)
  await count('rows written by 10,000 verifies', 'rows', [...after].filter((row) => !before.has(row)).length, 1)
}

async function memory(file, tokens) {
  const studio = await openStudio(file)
  const verify = (token) => studio.calls.verify({ token }, studio.agent)
  await verify(tokens[0])
  const empty = heapUsed()
  await expectValid(tokens, verify)
  const full = heapUsed()
  await count('memory of a cached key', 'bytes', Math.round((full - empty) / tokens.length), 1024)
  const forged = forgeries()
  for (let made = 0; made < FORGERIES; made += 1) await verify(forged[made % forged.length])
  await count(`memory of ${FORGERIES} forgeries`, 'bytes each', Math.max(0, (heapUsed() - full) / FORGERIES), 1)
  await studio.database.close()
}

/**
 * Forgeries on a key id that exists against those on one that does not: Welch's t, the slowest tenth left out. Each is
 * tried once: what the place of one text in memory does to it would count for as many timings as it has.
 */
async function timing({ agent, calls }, tokens) {
  const forged = forgeries()
  const idsOf = (all) => all.map((token) => token.slice(8, 24))
  const kinds = [idsOf(tokens.slice(0, WARM)), idsOf(forged)]
  const tries = Array.from({ length: WARM + 2 * TIMINGS }, (_unused, made) => {
    const kind = Math.random() < 0.5 ? 0 : 1
    return { kind, token: reforge(kinds[kind][made % WARM]) }
  })
  for (const { token } of tries.splice(0, WARM)) await calls.verify({ token }, agent)
  const timings = [[], []]
  for (const { kind, token } of tries) {
    const startedNs = process.hrtime.bigint()
    await calls.verify({ token }, agent)
    timings[kind].push(Number(process.hrtime.bigint() - startedNs))
  }
  const [one, other] = timings.map((all) =>
    momentsOf(all.toSorted((a, b) => a - b).slice(0, Math.floor(all.length * 0.9))),
  )
  const t = Math.abs(one.mean - other.mean) / Math.sqrt(one.variance / one.count + other.variance / other.count)
  await count("Welch's t of forgeries on real and unknown key ids", 't', t, LEAK_T)
}

/** Stores keys as a service does, but all in one transaction, and a bare table of the same rows to compare with. */
async function storeKeys(file) {
  const { database } = await openStudio(file)
  await database.close()
  const store = new Sqlite(file)
  const insert = store.prepare(`INSERT INTO studio_api_key ("tenantId", "keyId", "name", "environment", "hash",
    "pepperVersion", "enabled", "permissions", "createdAt", "expiresAt") VALUES (?, ?, 'bench', 'live', ?, 1, 1, '["*"]',
    '2026-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z')`)
  const tokens = []
  store.transaction(() => {
    for (let made = 0; made < KEYS; made += 1) {
      const isKnown = tokens.length < KNOWN && made % Math.floor(KEYS / KNOWN) === 0
      const key = isKnown ? generateApiKeyToken(peppers, 'live') : anyKey()
      if (isKnown) tokens.push(key.token)
      insert.run(`customer${made % 1000}`, key.keyId, key.hash)
    }
  })()
  store.exec(`CREATE TABLE bare ("keyId" varchar PRIMARY KEY, "tenantId" varchar, "name" varchar, "environment" varchar,
    "hash" varchar, "pepperVersion" integer, "enabled" boolean, "permissions" text, "createdAt" varchar,
    "expiresAt" varchar, "lastUsedAt" varchar)`)
  store.exec(`INSERT INTO bare SELECT "keyId", "tenantId", "name", "environment", "hash", "pepperVersion", "enabled",
    "permissions", "createdAt", "expiresAt", "lastUsedAt" FROM studio_api_key`)
  store.pragma('wal_checkpoint(TRUNCATE)')
  store.close()
  return tokens
}

function anyKey() {
  const bytes = randomBytes(40).toString('hex')
  return { keyId: bytes.slice(0, 16), hash: bytes.slice(16) }
}

async function openStudio(file, options = {}) {
  const database = await openDatabase({ url: `sqlite:${file}`, entities: [Entities], migrations: [migrations] })
  const agent = createAgent({ plugins: [new ApiKeyManager({ database, pepper, ...options })] })
  return { agent, database, calls: keyCallsOf(agent) }
}

async function openBetterAuth(file) {
  const { apiKey, betterAuth: create, getMigrations } = betterAuth
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  const options = {
    ...{ database, secret: randomBytes(32).toString('hex'), baseURL: 'http://localhost', logger: { disabled: true } },
    ...{ emailAndPassword: { enabled: true }, telemetry: { enabled: false } },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  }
  await (await getMigrations(options)).runMigrations()
  const { api } = create(options)
  const account = { email: 'bench@example.com', password: randomBytes(8).toString('hex'), name: 'bench' }
  const { user } = await api.signUpEmail({ body: account })
  const { key } = await api.createApiKey({ body: { userId: user.id, name: 'bench' } })
  const verify = async () => {
    const { valid } = await api.verifyApiKey({ body: { key } })
    if (!valid) throw new Error('better-auth refuses its own key')
  }
  return { verify }
}

async function loadBetterAuth() {
  try {
    const [{ betterAuth }, { getMigrations }, { apiKey }] = await Promise.all([
      import('better-auth'),
      import('better-auth/db/migration'),
      import('@better-auth/api-key'),
    ])
    return { betterAuth, getMigrations, apiKey }
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

async function compare(name, bar, ours, baseline) {
  await measure({ name, unit: 'a second', better: 'higher', bar, ours, baseline })
}

/** A number that is not to pass a limit. */
async function count(name, unit, found, limit = 0) {
  const baseline = limit === 0 ? 1 : limit
  await measure({
    name,
    unit,
    better: 'lower',
    bar: limit === 0 ? 0 : 1,
    rounds: 1,
    ours: () => found,
    baseline: () => baseline,
  })
}

async function rateOf(items, work) {
  return perSecond(async () => {
    for (const item of items) await work(item)
    return items.length
  })
}

async function microseconds(items, work) {
  return 1_000_000 / (await rateOf(items, work))
}

async function expectValid(tokens, verify) {
  for (const token of tokens) if (!(await verify(token)).valid) throw new Error('a stored key is not valid')
}

function countReads(database) {
  const { readRows } = database
  let reads = 0
  database.readRows = function (statement, parameters) {
    reads += 1
    return readRows.call(this, statement, parameters)
  }
  return {
    stop: () => {
      database.readRows = readRows
      return reads
    },
  }
}

async function rowsOf(database) {
  const tables = ['studio_api_key_usage', 'studio_api_key_audit', 'studio_api_key_budget', 'studio_api_key_epoch']
  const statements = [...tables.map((table) => `SELECT * FROM ${table}`), LAST_USED]
  const rows = await Promise.all(statements.map((statement) => database.readRows(statement, [])))
  return new Set(rows.flat().map((row) => JSON.stringify(row)))
}

function forgeries() {
  return Array.from({ length: WARM }, () => generateApiKeyToken(FORGERS, 'live').token)
}

/** A forgery on a key id: what a forger makes who knows all but the pepper. */
function reforge(keyId) {
  const { token } = generateApiKeyToken(FORGERS, 'live')
  const tagged = token.slice(0, 8) + keyId + token.slice(24, 64)
  return tagged + checksumOf(tagged)
}

function misspell(token, index) {
  const at = 25 + (index % 45)
  const letter = token[at] === 'A' ? 'B' : 'A'
  return token.slice(0, at) + letter + token.slice(at + 1)
}

function heapUsed() {
  for (let pass = 0; pass < 4; pass += 1) collectGarbage()
  return process.memoryUsage().heapUsed
}

function momentsOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return { mean, variance, count: values.length }
}
