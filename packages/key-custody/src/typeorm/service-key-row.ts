import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A key of the service itself, wrapped by the root key. */
@Entity('studio_service_key')
export class ServiceKeyRow {
  @PrimaryColumn({ type: 'varchar' })
  name!: string

  @Column({ type: 'varchar' })
  kekId!: string

  /** Base64. */
  @Column({ type: 'text' })
  wrapped!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
