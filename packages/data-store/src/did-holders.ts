import type { Database } from '@veramo-studio/plugin-kit'

/** A key of a DID that a tenant manages. That the tenant has the private key is its word alone. */
export interface ClaimedKey {
  tenantId: string
  kid: string
  publicKeyHex: string
}

/** Tenants that import a public key of another's are listed too, until client-managed keys are told apart. */
const MAX_CLAIMS = 64

/** Who receives a message is what is asked. */
const WHOEVERS = { acrossTenants: true }

/** Of these DIDs, those that any tenant manages. */
export async function managedDids(database: Database, dids: readonly string[]): Promise<string[]> {
  const statement = `SELECT DISTINCT "did" FROM "studio_did" WHERE "did" IN (${marks(dids)}) AND "provider" IS NOT NULL`
  const rows = await database.readRows<{ did: string }>(statement, dids, WHOEVERS)
  return rows.map(({ did }) => did)
}

/** Which tenants manage a DID with one of these public keys, the oldest first. */
export async function claimedKeys(
  database: Database,
  { did, publicKeys }: { did: string; publicKeys: readonly string[] },
): Promise<ClaimedKey[]> {
  if (publicKeys.length === 0) return []
  const statement =
    'SELECT key."tenantId", key."kid", key."publicKeyHex" FROM "studio_did" did' +
    ' JOIN "studio_key" key ON key."tenantId" = did."tenantId" AND key."did" = did."did"' +
    ` WHERE did."did" = ? AND did."provider" IS NOT NULL AND key."publicKeyHex" IN (${marks(publicKeys)})` +
    ` ORDER BY did."createdAt", did."tenantId", key."position" LIMIT ${MAX_CLAIMS}`
  return database.readRows<ClaimedKey>(statement, [did, ...publicKeys], WHOEVERS)
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
