import { kitErrors, rowsOf } from '@veramo-studio/plugin-kit'
import { checkInstant } from './check-key-request.js'
import type { ApiKeyDependencies } from './dependencies.js'
import { requireApiKey } from './get-api-key.js'
import { ownerWhereNamed } from './owner-of.js'
import { sumUsage } from './typeorm/usage-store.js'
import type { ApiKeyManagerGetUsageArgs, ApiKeyUsage } from './types/ApiKeyUsage.js'

const DAY_MS = 24 * 3_600_000
const DEFAULT_DAYS = 30
const MAX_ITEMS = 10_000
/** How much of an instant names its day or its hour, and what makes an instant of that again. */
const GRANULARITIES = {
  day: { precision: 'YYYY-MM-DD'.length, rest: 'T00:00:00.000Z' },
  hour: { precision: 'YYYY-MM-DDTHH'.length, rest: ':00:00.000Z' },
}

export async function getApiKeyUsage(
  { database, clock, usage }: ApiKeyDependencies,
  { keyId, customerId, from, to, granularity = 'day' }: ApiKeyManagerGetUsageArgs,
): Promise<ApiKeyUsage> {
  const owner = ownerWhereNamed(database, customerId)
  const now = await clock.now()
  const end = to === undefined ? new Date(now.getTime() + 1) : checkInstant('to', to)
  const begin = from === undefined ? new Date(end.getTime() - DEFAULT_DAYS * DAY_MS) : checkInstant('from', from)
  if (begin >= end) throw kitErrors.invalid_argument('from must be before to')
  const { precision, rest } = GRANULARITIES[granularity]
  const { tenantId } = await database.read(
    (manager) => requireApiKey(manager, { keyId, tenantId: owner }),
    rowsOf(owner),
  )
  // What this process has counted is saved first: its own caller finds its own calls.
  await usage.flush()
  const first = begin.toISOString().slice(0, precision) + rest
  const query = { tenantId, keyId, from: first, to: end.toISOString(), precision, limit: MAX_ITEMS }
  const sums = await sumUsage(database, query)
  return {
    keyId,
    items: sums.map(({ start, method, outcome, count }) => ({
      start: start + rest,
      method,
      outcome,
      count: Number(count),
    })),
  }
}
