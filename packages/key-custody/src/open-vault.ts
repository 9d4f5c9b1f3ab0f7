import type { KeyObject } from 'node:crypto'
import { kitErrors, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { checkKek } from './check-kek.js'
import { DataKeys } from './data-keys.js'
import { localKek, type KekProvider } from './kek-provider.js'
import { KeyVault } from './key-vault.js'

export interface OpenVaultOptions {
  /** Opened with the `Entities` and `migrations` of this package. */
  database: Database
  /** The root key: 32 bytes, such as `loadSettings().kek`, or what keeps it elsewhere. */
  kek: KeyObject | KekProvider
  /** Data keys of tenants that are kept unwrapped, each for a minute at most. Default 1000. */
  cachedDataKeys?: number
  clock?: Clock
}

const DEFAULT_CACHED_DATA_KEYS = 1000

/**
 * Opens the vault of a database. Rejects with `kek_mismatch` where the root key is not the one that the database was
 * sealed under, and with `setting_invalid` for a bound that is none.
 */
export async function openVault(options: OpenVaultOptions): Promise<KeyVault> {
  const { database, kek, cachedDataKeys = DEFAULT_CACHED_DATA_KEYS, clock = systemClock } = options
  if (!Number.isInteger(cachedDataKeys) || cachedDataKeys < 1) {
    throw kitErrors.setting_invalid('cachedDataKeys must be a whole number from 1')
  }
  const provider = 'wrap' in kek ? kek : localKek(kek)
  await checkKek(database, provider, clock)
  return new KeyVault({
    database,
    kek: provider,
    dataKeys: new DataKeys({ kek: provider, clock, cachedDataKeys }),
    clock,
  })
}
