import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import type { ApiKeyEnvironment, ApiKeyRateLimit } from '../types/IApiKeyManager.js'

/** An API key at rest. Of its token only a hash is kept. */
@Entity('studio_api_key')
@Index('studio_api_key_by_key_id', ['keyId'], { unique: true })
@Index('studio_api_key_by_hash', ['hash'], { unique: true })
@Index('studio_api_key_by_epoch', ['epoch'])
@Index('studio_api_key_by_expiry', ['expiresAt'])
@Index('studio_api_key_by_revocation', ['revokedAt'])
@Index('studio_api_key_by_age', ['tenantId', 'createdAt', 'keyId'])
export class ApiKeyRow {
  /** The customer, or `operator`; the role of the key follows from it. */
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** Unique among all tenants: it finds the row when a token is verified. */
  @PrimaryColumn({ type: 'varchar' })
  keyId!: string

  @Column({ type: 'varchar' })
  name!: string

  @Column({ type: 'varchar', nullable: true })
  description!: string | null

  @Column({ type: 'varchar' })
  environment!: ApiKeyEnvironment

  @Column({ type: 'varchar', nullable: true })
  network!: string | null

  /** Hexadecimal; how it is made stands at `hashApiKeyToken`. */
  @Column({ type: 'varchar' })
  hash!: string

  /** What the token of an imported key begins with; null for tokens of the service's own making. */
  @Column({ type: 'varchar', nullable: true })
  tokenPrefix!: string | null

  /** The pepper that `hash` is made with. */
  @Column({ type: 'integer' })
  pepperVersion!: number

  @Column({ type: 'boolean' })
  enabled!: boolean

  @Column({ type: 'simple-json' })
  permissions!: string[]

  @Column({ type: 'simple-json', default: '[]' })
  rateLimits!: ApiKeyRateLimit[]

  @Column({ type: 'simple-json', default: '[]' })
  allowedIps!: string[]

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar' })
  expiresAt!: string

  @Column({ type: 'varchar', nullable: true })
  lastUsedAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  rotatedFrom!: string | null

  @Column({ type: 'varchar', nullable: true })
  revokedAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  revokedReason!: string | null

  /** The first key of the chain of rotations that this one continues; null where it is the first itself. */
  @Column({ type: 'varchar', nullable: true })
  rootKeyId!: string | null

  /**
   * The key whose budgets of billing it draws on: the first of its rotation, or the one that made it where that has a
   * budget; null where it is its own.
   */
  @Column({ type: 'varchar', nullable: true })
  budgetKeyId!: string | null

  /** The key that took its place, which happens once. */
  @Column({ type: 'varchar', nullable: true })
  replacedBy!: string | null

  @Column({ type: 'varchar', nullable: true })
  expiryWarnedAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  idleWarnedAt!: string | null

  /** When it was last changed, as a number that grows with the changes of all keys. Read with SQL alone. */
  @Column({ type: 'bigint', default: 0 })
  epoch?: string
}
