import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { openDatabase, type Clock, type Database } from '@veramo-studio/plugin-kit'
import {
  CustodianKms,
  Entities,
  migrations,
  openVault,
  type CustodianKmsOptions,
  type KekProvider,
  type KeyVault,
  type OpenVaultOptions,
} from '../index.js'

export interface OpenedCustody {
  database: Database
  vault: KeyVault
  kms: CustodianKms
}

export interface OpenCustodyOptions
  extends Pick<CustodianKmsOptions, 'cache'>, Pick<OpenVaultOptions, 'cachedDataKeys'> {
  url: string
  kek: KeyObject | KekProvider
  clock?: Clock
}

export function newKek(): KeyObject {
  return createSecretKey(randomBytes(32))
}

export function openKeyDatabase(url: string): Promise<Database> {
  return openDatabase({ url, entities: Entities, migrations })
}

/** A process of the service, as far as keys go. */
export async function openCustody({ url, kek, clock, cache, ...options }: OpenCustodyOptions): Promise<OpenedCustody> {
  const database = await openKeyDatabase(url)
  const time = clock === undefined ? {} : { clock }
  const vault = await openVault({ database, kek, ...time, ...options })
  return { database, vault, kms: new CustodianKms({ database, vault, ...time, ...(cache && { cache }) }) }
}
