import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import { CALL_IS_KNOWN } from './call-is-known.js'

/** A message, without what is attached to it. */
@Entity('studio_message')
@Index('studio_message_position', ['tenantId', 'position'])
@Index('studio_message_call', ['tenantId', 'callId'], { where: CALL_IS_KNOWN })
@Index('studio_message_from', ['tenantId', 'fromDid'])
@Index('studio_message_to', ['tenantId', 'toDid'])
export class MessageRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  id!: string

  /** Rises with each message that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'varchar', nullable: true })
  createdAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  expiresAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  threadId!: string | null

  @Column({ type: 'varchar' })
  type!: string

  @Column({ type: 'text', nullable: true })
  raw!: string | null

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  data!: string | null

  /** Joined with commas, as queries compare it. */
  @Column({ type: 'text', nullable: true })
  replyTo!: string | null

  @Column({ type: 'text', nullable: true })
  replyUrl!: string | null

  @Column({ type: 'varchar', nullable: true })
  fromDid!: string | null

  @Column({ type: 'varchar', nullable: true })
  toDid!: string | null

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  metaData!: string | null

  @Column({ type: 'varchar' })
  savedAt!: string

  /** The metered call that stored the row last. */
  @Column({ type: 'varchar', nullable: true })
  callId!: string | null
}

/** A credential that came with a message. */
@Entity('studio_message_credential')
@Index('studio_message_credential_hash', ['tenantId', 'credentialHash'])
export class MessageCredentialRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  messageId!: string

  @PrimaryColumn({ type: 'varchar' })
  credentialHash!: string

  /** In the order in which the message has them. */
  @Column({ type: 'integer' })
  position!: number
}

/** A presentation that came with a message. */
@Entity('studio_message_presentation')
@Index('studio_message_presentation_hash', ['tenantId', 'presentationHash'])
export class MessagePresentationRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  messageId!: string

  @PrimaryColumn({ type: 'varchar' })
  presentationHash!: string

  /** In the order in which the message has them. */
  @Column({ type: 'integer' })
  position!: number
}
