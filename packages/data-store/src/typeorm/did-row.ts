import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { CALL_IS_KNOWN } from './call-is-known.js'

/**
 * A DID that a tenant manages, or one that it only knows as the issuer or subject of a stored credential: such a one
 * has no provider.
 */
@Entity('studio_did')
@Index('studio_did_alias', ['tenantId', 'alias', 'provider'], { unique: true })
@Index('studio_did_position', ['tenantId', 'position'])
// Of all tenants: the one that finds the recipients of a message.
@Index('studio_did_managed', ['did', 'tenantId'], { where: '"provider" IS NOT NULL' })
@Index('studio_did_call', ['tenantId', 'callId'], { where: CALL_IS_KNOWN })
export class DidRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  did!: string

  /** Rises with each DID that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'varchar', nullable: true })
  provider!: string | null

  @Column({ type: 'varchar', nullable: true })
  alias!: string | null

  @Column({ type: 'varchar', nullable: true })
  controllerKeyId!: string | null

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar' })
  updatedAt!: string

  /** The metered call that stored the row last. */
  @Column({ type: 'varchar', nullable: true })
  callId!: string | null
}
