import type { KeyObject } from 'node:crypto'
import type { KeyVault } from './key-vault.js'

/** The key of the ledger's hash chain, for `agent.yml`: as old as the database, and sealed in it. */
export async function ledgerChainKey({ vault }: { vault: KeyVault }): Promise<KeyObject> {
  return vault.serviceKey('ledger-chain')
}
