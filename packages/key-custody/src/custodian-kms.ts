import { timingSafeEqual } from 'node:crypto'
import {
  currentContext,
  isActingFor,
  isStudioError,
  keepOutOfDebug,
  kitErrors,
  systemClock,
  type Clock,
  type Database,
} from '@veramo-studio/plugin-kit'
import type { IKey, ManagedKeyInfo, MinimalImportableKey } from '@veramo/core-types'
import { AbstractKeyManagementSystem } from '@veramo/key-manager'
import type { EntityManager } from 'typeorm'
import { keyCustodyErrors } from './errors.js'
import { ExpiringCache } from './expiring-cache.js'
import { isKeyType, KEY_ALGORITHMS, type KeyType } from './key-type.js'
import type { KeyVault, PrivateKey, SealedKeyId } from './key-vault.js'
import { computeSharedSecret } from './shared-secret.js'
import { signBytes } from './sign-bytes.js'
import { generateKeyPair, parsePrivateKey, toPublicKeyHex, toSigningKey, type SigningKey } from './signing-key.js'

export interface CustodianKmsOptions {
  database: Database
  vault: KeyVault
  clock?: Clock
  /**
   * Private keys that are kept ready to sign. A key that another process deletes may sign here for `ttlMs` more.
   * Default 1000 entries, 60,000 ms.
   */
  cache?: { maxEntries?: number; ttlMs?: number }
}

const CACHE = { maxEntries: 1000, ttlMs: 60_000 }
const MAX_KID_LENGTH = 1000

/** Methods of Veramo whose arguments or results may hold private keys, plaintext or shared secrets. */
const SECRET_METHODS = [
  'keyManagerImport',
  'keyManagerSharedSecret',
  'keyManagerDecryptJWE',
  'keyManagerCreate',
  'didManagerImport',
  'keyManagerGet',
]

/**
 * Holds the keys of the tenant that the running code works for, sealed in the database; a drop-in for
 * `KeyManagementSystem` of `@veramo/kms-local`. The private keys never leave it.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `not_supported` (400), `acting_forbidden` (403) where an
 * operator acts for a customer and would use a key, `not_found` (404), `key_already_exists` (409), `seal_broken` (500).
 */
export class CustodianKms extends AbstractKeyManagementSystem {
  private readonly cache: ExpiringCache<SigningKey>

  constructor(private readonly options: CustodianKmsOptions) {
    super()
    this.cache = new ExpiringCache({ ...CACHE, ...options.cache, clock: options.clock ?? systemClock })
    keepOutOfDebug(SECRET_METHODS)
  }

  /**
   * Importing a key again under its kid changes nothing; another key under that kid is `key_already_exists`.
   *
   * @param args `kid` is the public key in hex where it is left out; `privateKeyHex` has 32 bytes, or 64 for Ed25519
   */
  override async importKey(args: Omit<MinimalImportableKey, 'kms'>): Promise<ManagedKeyInfo> {
    if (!args.type || !args.privateKeyHex) {
      throw kitErrors.invalid_argument('type and privateKeyHex are required to import a key')
    }
    const keyType = toKeyType(args.type)
    const bytes = parsePrivateKey(keyType, args.privateKeyHex)
    return this.keep({ keyType, bytes, publicKeyHex: toPublicKeyHex(toSigningKey(keyType, bytes)) }, args.kid)
  }

  /** @param args `kid` is the public key in hex where it is left out */
  override async createKey(args: { type: string; kid?: string }): Promise<ManagedKeyInfo> {
    const keyType = toKeyType(args.type)
    return this.keep({ keyType, ...generateKeyPair(keyType) }, args.kid)
  }

  override async listKeys(): Promise<ManagedKeyInfo[]> {
    const keys = await this.options.vault.openAll(this.options.database.tenantId(), 'agent')
    return keys.map(({ kid, keyType, bytes }) => {
      const publicKeyHex = toPublicKeyHex(consume({ keyType, bytes }))
      return describe({ keyType, publicKeyHex }, kid)
    })
  }

  /** Answers true also where there is no such key, so that a deletion that was cut short can be repeated. */
  override async deleteKey({ kid }: { kid: string }): Promise<boolean> {
    const id = this.idOf(kid)
    try {
      await this.options.database.write((manager) => this.options.vault.delete(manager, id))
    } finally {
      this.cache.drop(cacheKeyOf(id))
    }
    return true
  }

  override async sign(args: { keyRef: Pick<IKey, 'kid'>; algorithm?: string; data: Uint8Array }): Promise<string> {
    return signBytes(await this.use(args.keyRef.kid), args.algorithm, args.data)
  }

  override async sharedSecret(args: {
    myKeyRef: Pick<IKey, 'kid'>
    theirKey: Pick<IKey, 'publicKeyHex' | 'type'>
  }): Promise<string> {
    return computeSharedSecret(await this.use(args.myKeyRef.kid), args.theirKey)
  }

  /**
   * Whether the tenant's own private key is kept here under a kid, and the public key is that one's: what a row says of a
   * key is its tenant's word alone.
   */
  async holds({ kid, publicKeyHex }: Pick<IKey, 'kid' | 'publicKeyHex'>): Promise<boolean> {
    try {
      return toPublicKeyHex(await this.use(kid)) === publicKeyHex
    } catch (error) {
      if (isStudioError(error) && error.code === 'not_found') return false
      throw error
    }
  }

  private async keep(key: PrivateKey & PublicKey, kid: string | undefined): Promise<ManagedKeyInfo> {
    const { database, vault } = this.options
    const { keyType, bytes } = key
    const described = describe(key, kid)
    const id = this.idOf(described.kid)
    try {
      const insert = (manager: EntityManager) => vault.insert(manager, id, { keyType, bytes })
      const inserted = await database.write(insert, { durability: 'call' })
      if (!inserted) await this.assertSame(id, { keyType, bytes })
    } finally {
      bytes.fill(0)
    }
    return described
  }

  private async assertSame(id: SealedKeyId, { keyType, bytes }: PrivateKey): Promise<void> {
    const existing = await this.options.vault.open(id)
    const isSame = existing?.keyType === keyType && timingSafeEqual(existing.bytes, bytes)
    existing?.bytes.fill(0)
    if (!isSame) {
      throw keyCustodyErrors.key_already_exists(
        'A key with this alias exists but with different data. Please use a different alias.',
      )
    }
  }

  /** The key behind a kid, for whoever may use it. */
  private async use(kid: string): Promise<SigningKey> {
    const { principal } = currentContext()
    if (principal !== undefined && isActingFor(principal)) {
      throw keyCustodyErrors.acting_forbidden("an operator who acts for a customer does not use the customer's keys")
    }
    const id = this.idOf(kid)
    return this.cache.load(cacheKeyOf(id), async () => {
      const privateKey = await this.options.vault.open(id)
      // One answer for a key that is not there, another tenant's and one of another purpose.
      if (privateKey === undefined) throw kitErrors.not_found(`Key not found: No key entry found for kid=${kid}`)
      return consume(privateKey)
    })
  }

  private idOf(kid: unknown): SealedKeyId {
    if (typeof kid !== 'string' || kid === '' || kid.length > MAX_KID_LENGTH || /[\p{Cc}\p{Cs}]/u.test(kid)) {
      throw kitErrors.invalid_argument(`kid must be 1 to ${MAX_KID_LENGTH} characters, and no control characters`)
    }
    return { tenantId: this.options.database.tenantId(), purpose: 'agent', kid }
  }
}

function toKeyType(type: string): KeyType {
  if (!isKeyType(type)) throw keyCustodyErrors.not_supported(`Key type not supported: ${type}`)
  return type
}

/** Makes a signing key of bytes that nobody else needs. */
function consume({ keyType, bytes }: PrivateKey): SigningKey {
  const signingKey = toSigningKey(keyType, bytes)
  bytes.fill(0)
  return signingKey
}

interface PublicKey {
  keyType: KeyType
  publicKeyHex: string
}

function describe({ keyType, publicKeyHex }: PublicKey, kid: string | undefined): ManagedKeyInfo {
  return {
    type: keyType,
    kid: kid || publicKeyHex,
    publicKeyHex,
    meta: { algorithms: [...KEY_ALGORITHMS[keyType]] },
  } as ManagedKeyInfo
}

function cacheKeyOf({ tenantId, kid }: SealedKeyId): string {
  return JSON.stringify([tenantId, kid])
}
