import { secp256k1 } from '@noble/curves/secp256k1'
import type { PaymentKeyRequest, PaymentKeys } from '@veramo-studio/account-manager'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { KeyVault } from './key-vault.js'
import { generatePrivateKey } from './signing-key.js'

export interface PaymentKeyVaultOptions {
  /** Of the database that the accounts are in. */
  vault: KeyVault
}

/** Keeps the keys behind customers' payment addresses. No key manager, DID manager or export method finds them. */
export class PaymentKeyVault implements PaymentKeys {
  constructor(private readonly options: PaymentKeyVaultOptions) {}

  /** Rejects with `conflict` where the customer has a key for that network: it is never replaced. */
  async create(manager: EntityManager, key: PaymentKeyRequest): Promise<{ publicKeyHex: string }> {
    const bytes = generatePrivateKey('Secp256k1')
    const publicKeyHex = Buffer.from(secp256k1.getPublicKey(bytes, true)).toString('hex')
    const id = { tenantId: key.tenantId, purpose: 'payment', kid: `payment:${key.network}` } as const
    try {
      const inserted = await this.options.vault.insert(manager, id, { keyType: 'Secp256k1', bytes })
      if (!inserted) throw kitErrors.conflict(`there is a payment key for ${key.network}`)
    } finally {
      bytes.fill(0)
    }
    return { publicKeyHex }
  }
}
