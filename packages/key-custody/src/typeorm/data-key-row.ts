import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A tenant's data key (DEK), wrapped by the root key. */
@Entity('studio_data_key')
export class DataKeyRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** From 1; the highest seals, all of them open. */
  @PrimaryColumn({ type: 'integer' })
  version!: number

  /** The root key that wrapped it. */
  @Column({ type: 'varchar' })
  kekId!: string

  /** Base64. */
  @Column({ type: 'text' })
  wrapped!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
