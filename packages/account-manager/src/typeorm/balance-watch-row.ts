import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { PaymentNetwork } from '../types/PaymentKeys.js'

/** How far a customer's money on one network was watched. 64-bit integers are text, which no driver rounds. */
@Entity('studio_balance_watch')
export class BalanceWatchRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  network!: PaymentNetwork

  /** Of the journal's entry up to which it was. */
  @Column({ type: 'varchar' })
  seq!: string

  /** What could be spent after that entry, in ncheq. */
  @Column({ type: 'varchar' })
  available!: string

  /** What could be spent when money last moved for good: what thresholds were held against. */
  @Column({ type: 'varchar' })
  settled!: string
}

/** Since when a network is watched: what happened before is nobody's news. */
@Entity('studio_balance_watch_start')
export class BalanceWatchStartRow {
  @PrimaryColumn({ type: 'varchar' })
  network!: PaymentNetwork

  @Column({ type: 'varchar' })
  startedAt!: string
}

/** A balance that has fallen to a threshold: to be told, or told. */
@Entity('studio_low_balance')
export class LowBalanceRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  eventId!: string

  @Column({ type: 'varchar' })
  network!: PaymentNetwork

  /** In ncheq. */
  @Column({ type: 'varchar' })
  threshold!: string

  /** In ncheq. */
  @Column({ type: 'varchar' })
  available!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  /** Until when another process leaves it to the one that tells it. */
  @Column({ type: 'varchar', nullable: true })
  claimedUntil!: string | null

  @Column({ type: 'varchar', nullable: true })
  emittedAt!: string | null
}
