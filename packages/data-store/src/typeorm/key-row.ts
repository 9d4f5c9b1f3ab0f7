import type { KeyMetadata } from '@veramo/core-types'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { CALL_IS_KNOWN } from './call-is-known.js'

/** What is public of a key, and which key management system holds the rest. */
@Entity('studio_key')
@Index('studio_key_did', ['tenantId', 'did'])
@Index('studio_key_position', ['tenantId', 'position'])
@Index('studio_key_call', ['tenantId', 'callId'], { where: CALL_IS_KNOWN })
export class KeyRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  kid!: string

  /** Rises with each key that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'varchar' })
  type!: string

  @Column({ type: 'varchar' })
  kms!: string

  @Column({ type: 'varchar' })
  publicKeyHex!: string

  @Column({ type: 'simple-json', nullable: true })
  meta!: KeyMetadata | null

  /** The DID that the key belongs to. */
  @Column({ type: 'varchar', nullable: true })
  did!: string | null

  /** The metered call that stored the row last. */
  @Column({ type: 'varchar', nullable: true })
  callId!: string | null
}
