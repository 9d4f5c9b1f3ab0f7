/** Run as a program of its own: calls every method, and prints the tokens that none of its other output may show. */
import { inspect } from 'node:util'
import { openStudio } from './studio.js'

const studio = await openStudio(process.argv[2] ?? '')
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
const tokens = [token, rotated.token]
console.log(
  JSON.stringify({
    tokens,
    stored: JSON.stringify(stored),
    failures: failures.map((failure) => inspect(failure, { depth: 10 })),
  }),
)
