import type { EntityManager } from 'typeorm'

/** The networks of the cheqd ledger that customers pay on. */
export type PaymentNetwork = 'mainnet' | 'testnet'

/** Whose key, and for which network. A customer has one a network. */
export interface PaymentKeyRequest {
  tenantId: string
  network: PaymentNetwork
}

/**
 * Makes the keys behind payment addresses and keeps their private halves. `PaymentKeyVault` of
 * `@veramo-studio/key-custody` is one.
 */
export interface PaymentKeys {
  /**
   * Makes a secp256k1 key through the manager of the caller's write, so that the account, its addresses and its keys
   * are committed together or not at all.
   *
   * @returns the compressed public key: 33 bytes in hex
   */
  create(manager: EntityManager, key: PaymentKeyRequest): Promise<{ publicKeyHex: string }>
}
