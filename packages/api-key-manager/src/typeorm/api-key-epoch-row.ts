import { Column, Entity, PrimaryColumn } from 'typeorm'

/** Counts the changes of keys, those of all tenants: the one row of its table. */
@Entity('studio_api_key_epoch')
export class ApiKeyEpochRow {
  @PrimaryColumn({ type: 'integer' })
  id!: number

  @Column({ type: 'bigint' })
  epoch!: string
}
