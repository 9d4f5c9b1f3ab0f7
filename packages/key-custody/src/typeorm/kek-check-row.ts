import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A known text, wrapped by the root key of this database: it tells a wrong root key before it does harm. */
@Entity('studio_kek_check')
export class KekCheckRow {
  /** There is one row. */
  @PrimaryColumn({ type: 'varchar' })
  id!: string

  @Column({ type: 'varchar' })
  kekId!: string

  /** Base64. */
  @Column({ type: 'text' })
  wrapped!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
