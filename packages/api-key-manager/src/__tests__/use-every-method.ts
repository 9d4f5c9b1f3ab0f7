/** Run as a program of its own: calls every method, and prints the tokens that none of its other output may show. */
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import type { IAgentPlugin } from '@veramo/core'
import { API_KEY_EVENTS } from '../index.js'
import { openStudio } from './studio.js'

const events: unknown[] = []
const listener: IAgentPlugin = { eventTypes: [...API_KEY_EVENTS], onEvent: async (event) => void events.push(event) }
const studio = await openStudio(process.argv[2] ?? '', { plugins: [listener], importedPrefixes: ['acme_live_'] })
const elsewhere = 'acme_live_madeElsewhere0123456789abcdef'
const hash = createHash('sha256').update(elsewhere).digest('hex')
const imported = { customerId: 'alice', name: 'old', prefix: 'acme_live_', hash }
const taken = await studio.agent.apiKeyManagerImport(imported)
const limit = { name: 'one', limit: 1, windowMs: 60_000, scope: 'strict' as const, methods: ['*'] }
await studio.agent.apiKeyManagerUpdate({ keyId: taken.apiKey.keyId, rateLimits: [limit] })
for (let call = 0; call < 2; call += 1) {
  await studio.agent.apiKeyManagerVerify({ token: elsewhere, method: 'resolveDid' })
}
await studio.agent.apiKeyManagerVerify({ token: `${elsewhere}forged` })
await studio.agent.apiKeyManagerGetBudgetKey({ keyId: taken.apiKey.keyId })
await studio.agent.apiKeyManagerReportLeak({ reports: [{ hash }] })
const { token, apiKey } = await studio.create({ customerId: 'alice', name: 'first' })
const { keyId } = apiKey
await studio.agent.apiKeyManagerVerify({ token, method: 'resolveDid' })
await studio.agent.execute('apiKeyManagerVerify', { token: token.replace('live', 'test') })
await studio.agent.apiKeyManagerList({ customerId: 'alice' })
await studio.agent.apiKeyManagerGet({ keyId })
await studio.agent.apiKeyManagerUpdate({ keyId, name: 'renamed' })
await studio.agent.apiKeyManagerGetUsage({ keyId })
await studio.agent.apiKeyManagerReportLeak({ reports: [{ token: token.replace('live', 'test') }] })
const rotated = await studio.agent.apiKeyManagerRotate({ keyId, overlapSeconds: 60 })
await studio.agent.apiKeyManagerRevoke({ keyId })
await studio.agent.apiKeyManagerListAuditLog({ keyId })
await studio.agent.apiKeyManagerVerify({ token })
const failures: unknown[] = []
for (const call of [
  () => studio.agent.apiKeyManagerGet({ keyId: token }),
  () => studio.agent.apiKeyManagerRevoke({ keyId: token }),
  () => studio.agent.apiKeyManagerList({ customerId: 'alice', cursor: token.slice(0, 25) }),
  () => studio.agent.apiKeyManagerRotate({ keyId: token }),
  () => studio.agent.apiKeyManagerListAuditLog({ keyId: token }),
  () => studio.agent.apiKeyManagerUpdate({ keyId: rotated.apiKey.keyId, allowedIps: [token] }),
  () => studio.agent.apiKeyManagerVerify({ token, method: 5 as unknown as string }),
  () => studio.agent.apiKeyManagerImport(imported),
  () => studio.agent.apiKeyManagerImport({ ...imported, prefix: elsewhere }),
  () => studio.agent.apiKeyManagerImport({ ...imported, hash: elsewhere }),
  () => studio.agent.apiKeyManagerGetBudgetKey({ keyId: elsewhere }),
  () => studio.agent.apiKeyManagerUpdate({ keyId: elsewhere, name: 'x' }),
  () => studio.create({ customerId: 'alice', name: 'x', network: token }),
  () => studio.create({ customerId: 'alice', name: 'x', permissions: [token] }),
  () => studio.create({ customerId: 'alice', name: 'x', expiresAt: token }),
]) {
  await call().then(
    () => failures.push('did not fail'),
    (error: unknown) => failures.push(error),
  )
}
await studio.agent.apiKeyManagerVerify({ token: rotated.token, method: token })
await studio.agent.apiKeyManagerGetUsage({ keyId: rotated.apiKey.keyId })
const tables = ['key', 'key_audit', 'key_budget', 'key_usage'].map((name) => `studio_api_${name}`)
const stored = await studio.database.read(
  (manager) => Promise.all(tables.map((table) => manager.query<object[]>(`SELECT * FROM ${table}`))),
  { acrossTenants: true },
)
await studio.database.close()
const secrets = [...[token, rotated.token].map((each) => each.slice(25)), elsewhere.slice(10), hash]
console.log(
  JSON.stringify({
    secrets,
    events: JSON.stringify(events),
    stored: JSON.stringify(stored),
    failures: failures.map((failure) => inspect(failure, { depth: 10 })),
  }),
)
