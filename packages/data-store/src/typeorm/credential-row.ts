import type { VerifiableCredential } from '@veramo/core-types'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { CALL_IS_KNOWN } from './call-is-known.js'

/** A credential, with copies of what it can be found by. */
@Entity('studio_credential')
@Index('studio_credential_position', ['tenantId', 'position'])
@Index('studio_credential_call', ['tenantId', 'callId'], { where: CALL_IS_KNOWN })
@Index('studio_credential_id', ['tenantId', 'id'])
@Index('studio_credential_issuer', ['tenantId', 'issuerDid', 'issuanceDate'])
@Index('studio_credential_subject', ['tenantId', 'subjectDid', 'issuanceDate'])
@Index('studio_credential_issued', ['tenantId', 'issuanceDate'])
export class CredentialRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  hash!: string

  /** Rises with each credential that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'simple-json' })
  raw!: VerifiableCredential

  @Column({ type: 'varchar', nullable: true })
  id!: string | null

  @Column({ type: 'varchar' })
  issuerDid!: string

  @Column({ type: 'varchar', nullable: true })
  subjectDid!: string | null

  @Column({ type: 'varchar' })
  issuanceDate!: string

  @Column({ type: 'varchar', nullable: true })
  expirationDate!: string | null

  /** Joined with commas, as queries compare it. */
  @Column({ type: 'simple-array' })
  context!: string[]

  @Column({ type: 'simple-array' })
  type!: string[]

  @Column({ type: 'varchar' })
  savedAt!: string

  /** The metered call that stored the row last. */
  @Column({ type: 'varchar', nullable: true })
  callId!: string | null
}
