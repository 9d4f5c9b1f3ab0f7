import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { MadeThing } from '../types/IBillingManager.js'

/** A transaction that a metered call was about to send. */
@Entity('studio_broadcast')
export class BroadcastEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  reservationId!: string

  @PrimaryColumn({ type: 'varchar' })
  txHash!: string

  @Column({ type: 'varchar' })
  network!: string

  @Column({ type: 'varchar' })
  sender!: string

  @Column({ type: 'varchar' })
  sequence!: string

  @Column({ type: 'varchar', nullable: true })
  timeoutHeight!: string | null

  /** Base64. */
  @Column({ type: 'text' })
  txBytes!: string

  @Column({ type: 'varchar' })
  markedAt!: string

  @Column({ type: 'varchar', nullable: true })
  outcome!: 'settled' | 'voided' | null

  @Column({ type: 'varchar', nullable: true })
  reason!: string | null

  /** What the chain took for it, decimal. */
  @Column({ type: 'varchar', nullable: true })
  feeNcheq!: string | null

  /** What it has made. */
  @Column({ type: 'simple-json', nullable: true })
  made!: MadeThing[] | null
}

/** Who ended a reservation by hand, and why. Never changed. */
@Entity('studio_resolution')
export class ResolutionEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  reservationId!: string

  @Column({ type: 'varchar' })
  outcome!: 'settled' | 'voided'

  @Column({ type: 'varchar' })
  reason!: string

  @Column({ type: 'varchar', nullable: true })
  resolvedBy!: string | null

  @Column({ type: 'varchar' })
  resolvedAt!: string
}
