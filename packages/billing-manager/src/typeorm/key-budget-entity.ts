import { Column, Entity, PrimaryColumn } from 'typeorm'

/** What the keys of a rotation, and those that they made, may still use of a meter. */
@Entity('studio_key_budget')
export class KeyBudgetEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** The first key of the rotation. */
  @PrimaryColumn({ type: 'varchar' })
  keyId!: string

  @PrimaryColumn({ type: 'varchar' })
  meter!: string

  /** What it was set to. */
  @Column({ type: 'bigint' })
  units!: string

  @Column({ type: 'bigint' })
  remaining!: string

  @Column({ type: 'varchar', nullable: true })
  refillInterval!: 'day' | 'week' | 'month' | null

  @Column({ type: 'bigint', nullable: true })
  refillUnits!: string | null

  /** When it was last set or refilled. */
  @Column({ type: 'varchar' })
  filledAt!: string

  /** Another each time that it is filled: what a call gives back belongs to the filling that it was drawn from. */
  @Column({ type: 'varchar' })
  epoch!: string

  @Column({ type: 'varchar' })
  updatedAt!: string
}
