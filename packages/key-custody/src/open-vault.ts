import type { KeyObject } from 'node:crypto'
import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import { checkKek } from './check-kek.js'
import { DataKeys } from './data-keys.js'
import { localKek, type KekProvider } from './kek-provider.js'
import { KeyVault } from './key-vault.js'

export interface OpenVaultOptions {
  /** Opened with the `Entities` and `migrations` of this package. */
  database: Database
  /** The root key: 32 bytes, such as `loadSettings().kek`, or what keeps it elsewhere. */
  kek: KeyObject | KekProvider
  clock?: Clock
}

/**
 * Opens the vault of a database. Rejects with `kek_mismatch` where the root key is not the one that the database was
 * sealed under.
 */
export async function openVault({ database, kek, clock = systemClock }: OpenVaultOptions): Promise<KeyVault> {
  const provider = 'wrap' in kek ? kek : localKek(kek)
  await checkKek(database, provider, clock)
  return new KeyVault({ database, kek: provider, dataKeys: new DataKeys(provider, clock), clock })
}
