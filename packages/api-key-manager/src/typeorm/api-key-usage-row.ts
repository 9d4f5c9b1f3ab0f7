import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** Calls with a key in one hour, of one method, with one outcome. */
@Entity('studio_api_key_usage')
@Index('studio_api_key_usage_by_start', ['start'])
export class ApiKeyUsageRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  keyId!: string

  /** When the hour began. */
  @PrimaryColumn({ type: 'varchar' })
  start!: string

  @PrimaryColumn({ type: 'varchar' })
  method!: string

  @PrimaryColumn({ type: 'varchar' })
  outcome!: string

  @Column({ type: 'bigint' })
  count!: string

  /** Null where the key was refused. */
  @Column({ type: 'varchar', nullable: true })
  lastUsedAt!: string | null
}
