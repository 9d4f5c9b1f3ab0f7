import type { Environment } from '@veramo-studio/plugin-kit'
import { Column, Entity, Index, PrimaryColumn } from 'typeorm'
import type { CallEffect } from '../method-rule.js'
import type { MadeThing } from '../types/IBillingManager.js'

/*
 * The tables, for TypeORM to know of. Rows are read and written by the statements in this folder: those of each call
 * are on the path that every paid call waits for, and 64-bit integers must not become doubles.
 */

/** A plan as it was in force once. Never changed. */
@Entity('studio_plan_version')
export class PlanVersionEntity {
  @PrimaryColumn({ type: 'varchar' })
  planId!: string

  @PrimaryColumn({ type: 'integer' })
  version!: number

  /** JSON. */
  @Column({ type: 'text' })
  body!: string

  /** SHA-256 of `body`, hex. */
  @Column({ type: 'varchar' })
  digest!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}

/** Which plan a customer is on. */
@Entity('studio_subscription')
@Index('studio_subscription_by_plan', ['planId', 'anchorAt'])
export class SubscriptionEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @Column({ type: 'varchar' })
  planId!: string

  /** What periods are counted from. */
  @Column({ type: 'varchar' })
  anchorAt!: string

  /** When the customer came to the plan. */
  @Column({ type: 'varchar' })
  updatedAt!: string

  /** The plan that it will be on from `nextPlanAt` on. */
  @Column({ type: 'varchar', nullable: true })
  nextPlanId!: string | null

  @Column({ type: 'varchar', nullable: true })
  nextPlanAt!: string | null
}

/** What a plan has given into a period's allowance account. */
@Entity('studio_allowance')
export class AllowanceEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  meter!: string

  @PrimaryColumn({ type: 'varchar' })
  periodStart!: string

  @Column({ type: 'bigint' })
  granted!: string

  /** What of it went over from the periods before. */
  @Column({ type: 'bigint', default: 0 })
  rolledOver!: string
}

/** Units that an operator gave beside the plan. */
@Entity('studio_grant')
@Index('studio_grant_by_key', ['tenantId', 'idempotencyKey'], { unique: true })
@Index('studio_grant_by_meter', ['tenantId', 'meter'])
export class GrantEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  grantId!: string

  @Column({ type: 'varchar' })
  meter!: string

  @Column({ type: 'bigint' })
  units!: string

  @Column({ type: 'integer' })
  priority!: number

  @Column({ type: 'varchar', nullable: true })
  expiresAt!: string | null

  @Column({ type: 'varchar' })
  reason!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar' })
  idempotencyKey!: string
}

/** A metered call. What it set aside is the ledger's transfer of the same id. */
@Entity('studio_reservation')
@Index('studio_reservation_open', ['tenantId', 'reservationId', 'processId'], { where: `"endedAt" IS NULL` })
@Index('studio_reservation_by_time', ['tenantId', 'createdAt', 'reservationId'])
export class ReservationEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  reservationId!: string

  @Column({ type: 'varchar' })
  method!: string

  @Column({ type: 'varchar' })
  meter!: string

  @Column({ type: 'integer' })
  units!: number

  @Column({ type: 'varchar' })
  effect!: CallEffect

  @Column({ type: 'varchar', nullable: true })
  makes!: string | null

  @Column({ type: 'varchar' })
  environment!: Environment

  @Column({ type: 'varchar' })
  planId!: string

  @Column({ type: 'integer' })
  planVersion!: number

  @Column({ type: 'varchar' })
  periodStart!: string

  @Column({ type: 'varchar', nullable: true })
  keyId!: string | null

  /** The process that runs the call; empty where none does, and its transactions decide. */
  @Column({ type: 'varchar' })
  processId!: string

  @Column({ type: 'varchar' })
  state!: 'reserved' | 'broadcast' | 'settled' | 'voided'

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar', nullable: true })
  endedAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  idempotencyKey!: string | null

  /** Units that the plan pays. Null in rows from before it was kept: all of them may be. */
  @Column({ type: 'integer', nullable: true })
  planUnits!: number | null

  /** Units that were paid in the end, where those are fewer. */
  @Column({ type: 'integer', nullable: true })
  settledUnits!: number | null

  /** The budget that it has drawn from, by its first key. */
  @Column({ type: 'varchar', nullable: true })
  budgetKeyId!: string | null

  @Column({ type: 'varchar', nullable: true })
  budgetEpoch!: string | null
}

/** What an idempotency key was used for, and what came of it. */
@Entity('studio_idempotency')
export class IdempotencyEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  method!: string

  @PrimaryColumn({ type: 'varchar' })
  idempotencyKey!: string

  /** Of the arguments. */
  @Column({ type: 'varchar' })
  digest!: string

  @Column({ type: 'varchar' })
  reservationId!: string

  @Column({ type: 'varchar' })
  state!: 'running' | 'answered' | 'lost' | 'withheld'

  @Column({ type: 'text', nullable: true })
  sealedAnswer!: string | null

  /** SHA-256 of the answer, hex; null where none is kept. */
  @Column({ type: 'varchar', nullable: true })
  answerDigest!: string | null

  /** What a call made whose answer is lost. */
  @Column({ type: 'simple-json', nullable: true })
  made!: MadeThing[] | null

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar', nullable: true })
  endedAt!: string | null
}

/** A process that runs metered calls, and when it last said so. */
@Entity('studio_process')
export class ProcessEntity {
  @PrimaryColumn({ type: 'varchar' })
  processId!: string

  @Column({ type: 'varchar' })
  heartbeatAt!: string
}
