import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { encodeContext, fromColumn } from './envelope.js'
import type { KeyVaultParts } from './key-vault.js'
import { ServiceKeyRow } from './typeorm/service-key-row.js'

const KEY_BYTES = 32

/**
 * A key of the service itself, such as that of the ledger's hash chain: made on first need, and wrapped by the root key,
 * so that it stays the same when the root key is changed. Of several processes at once, the first to commit has made it.
 */
export async function openServiceKey(
  { database, kek, clock }: Omit<KeyVaultParts, 'dataKeys'>,
  name: string,
): Promise<KeyObject> {
  const context = encodeContext(['service-key', name])
  const known = await database.read((manager) => manager.findOneBy(ServiceKeyRow, { name }))
  const row = known ?? (await insert())
  return createSecretKey(await kek.unwrap(fromColumn(row.wrapped), context))

  async function insert(): Promise<ServiceKeyRow> {
    const wrapped = (await kek.wrap(randomBytes(KEY_BYTES), context)).toString('base64')
    const candidate: ServiceKeyRow = { name, kekId: kek.id, wrapped, createdAt: clock.now().toISOString() }
    return database.write(async (manager) => {
      await manager.createQueryBuilder().insert().into(ServiceKeyRow).values(candidate).orIgnore().execute()
      return manager.findOneByOrFail(ServiceKeyRow, { name })
    })
  }
}
