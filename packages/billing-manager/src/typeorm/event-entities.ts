import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import type { BillingEventType } from '../types/IBillingControls.js'

/** Something that a customer is to hear of. */
@Entity('studio_billing_event')
@Index('studio_billing_event_once', ['tenantId', 'onceKey'], { unique: true })
@Index('studio_billing_event_due', ['dueAt'], { where: `"outcome" IS NULL` })
export class BillingEventEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  eventId!: string

  /** What happens once has the same key each time. */
  @Column({ type: 'varchar' })
  onceKey!: string

  @Column({ type: 'varchar' })
  type!: BillingEventType

  /** JSON. */
  @Column({ type: 'text' })
  data!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  /** How often it was sent, or was about to be. */
  @Column({ type: 'integer' })
  attempts!: number

  /** When it is to be sent. While a process sends it, the time at which that process is taken for dead. */
  @Column({ type: 'varchar' })
  dueAt!: string

  /** Null while it is pending. */
  @Column({ type: 'varchar', nullable: true })
  outcome!: 'delivered' | 'failed' | 'skipped' | null

  @Column({ type: 'varchar', nullable: true })
  lastError!: string | null
}

/** Where a customer hears of events. */
@Entity('studio_webhook')
export class WebhookEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** Another each time that it is set; the secret is sealed for it. */
  @Column({ type: 'varchar' })
  webhookId!: string

  @Column({ type: 'varchar' })
  url!: string

  @Column({ type: 'simple-json' })
  events!: BillingEventType[]

  @Column({ type: 'text' })
  sealedSecret!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  /** When the endpoint said that it is gone. */
  @Column({ type: 'varchar', nullable: true })
  disabledAt!: string | null
}
