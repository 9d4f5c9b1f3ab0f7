import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { selectRows, type Clock } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import { encodeContext, fromColumn } from './envelope.js'
import { ExpiringCache } from './expiring-cache.js'
import type { KekProvider } from './kek-provider.js'
import { DataKeyRow } from './typeorm/data-key-row.js'

/** A tenant's data key, ready for use. */
export interface DataKey {
  version: number
  key: KeyObject
}

const FIRST_VERSION = 1
const KEY_BYTES = 32
const SELECT_NEWEST =
  'SELECT "tenantId", "version", "kekId", "wrapped", "createdAt" FROM "studio_data_key" WHERE "tenantId" = ? ORDER BY "version" DESC LIMIT 1'
const KEPT_MS = 60_000

export interface DataKeysOptions {
  kek: KekProvider
  clock: Clock
  /** How many are kept unwrapped. */
  cachedDataKeys: number
}

/**
 * The data keys (DEKs) of the tenants. Unwrapped ones are kept for a short time, each under the wrapped text of its
 * row: without a row, which may never have been committed or may be gone, no key is found.
 */
export class DataKeys {
  private readonly cache: ExpiringCache<KeyObject>
  private readonly kek: KekProvider
  private readonly clock: Clock

  constructor({ kek, clock, cachedDataKeys }: DataKeysOptions) {
    this.kek = kek
    this.clock = clock
    this.cache = new ExpiringCache({ maxEntries: cachedDataKeys, ttlMs: KEPT_MS, clock })
  }

  /** The key that seals for a tenant, made on first need. Runs inside the caller's write, and is committed with it. */
  async current(manager: EntityManager, tenantId: string): Promise<DataKey> {
    const [newest] = await selectRows<DataKeyRow>(manager, SELECT_NEWEST, [tenantId])
    if (newest !== undefined) return this.withKey(newest)
    const plaintext = randomBytes(KEY_BYTES)
    const candidate = await this.wrap(tenantId, plaintext)
    // Another process may be here too: the first to commit has made the key, and the others take it.
    await manager.createQueryBuilder().insert().into(DataKeyRow).values(candidate).orIgnore().execute()
    const winner = await manager.findOneByOrFail(DataKeyRow, { tenantId, version: FIRST_VERSION })
    if (winner.wrapped !== candidate.wrapped) return this.withKey(winner)
    return { version: FIRST_VERSION, key: toKeyObject(plaintext) }
  }

  /** The key of a row, committed or not: it is kept under the row's own text, and goes unused where the row is undone. */
  async unwrap(row: DataKeyRow): Promise<KeyObject> {
    return this.cache.load(row.wrapped, () => this.openRow(row))
  }

  private async withKey(row: DataKeyRow): Promise<DataKey> {
    return { version: row.version, key: await this.unwrap(row) }
  }

  private async wrap(tenantId: string, plaintext: Buffer): Promise<DataKeyRow> {
    const wrapped = await this.kek.wrap(plaintext, contextOf(tenantId, FIRST_VERSION))
    return {
      tenantId,
      version: FIRST_VERSION,
      kekId: this.kek.id,
      wrapped: wrapped.toString('base64'),
      createdAt: this.clock.now().toISOString(),
    }
  }

  private async openRow(row: DataKeyRow): Promise<KeyObject> {
    const context = contextOf(row.tenantId, row.version)
    return toKeyObject(await this.kek.unwrap(fromColumn(row.wrapped), context))
  }
}

function contextOf(tenantId: string, version: number): Buffer {
  return encodeContext(['data-key', tenantId, version])
}

/** A KeyObject does not show when it is printed. The bytes that it was made of are wiped. */
function toKeyObject(bytes: Buffer): KeyObject {
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}
