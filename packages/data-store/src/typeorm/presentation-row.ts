import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { CALL_IS_KNOWN } from './call-is-known.js'

/** A presentation, with copies of what it can be found by. Its credentials are stored as credentials, too. */
@Entity('studio_presentation')
@Index('studio_presentation_position', ['tenantId', 'position'])
@Index('studio_presentation_call', ['tenantId', 'callId'], { where: CALL_IS_KNOWN })
@Index('studio_presentation_holder', ['tenantId', 'holderDid'])
export class PresentationRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  hash!: string

  /** Rises with each presentation that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  /** JSON. */
  @Column({ type: 'text' })
  raw!: string

  @Column({ type: 'varchar', nullable: true })
  id!: string | null

  @Column({ type: 'varchar' })
  holderDid!: string

  @Column({ type: 'varchar', nullable: true })
  issuanceDate!: string | null

  @Column({ type: 'varchar', nullable: true })
  expirationDate!: string | null

  /** Joined with commas, as queries compare it. */
  @Column({ type: 'text' })
  context!: string

  @Column({ type: 'text' })
  type!: string

  @Column({ type: 'varchar' })
  savedAt!: string

  /** The metered call that stored the row last. */
  @Column({ type: 'varchar', nullable: true })
  callId!: string | null
}

/** Whom a presentation is for. */
@Entity('studio_presentation_verifier')
@Index('studio_presentation_verifier_did', ['tenantId', 'did'])
export class PresentationVerifierRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  presentationHash!: string

  @PrimaryColumn({ type: 'varchar' })
  did!: string
}
