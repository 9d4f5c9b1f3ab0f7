import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A service of a DID. */
@Entity('studio_service')
export class ServiceRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  did!: string

  @PrimaryColumn({ type: 'varchar' })
  id!: string

  /** Rises with each service that the DID is given. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'varchar' })
  type!: string

  /** The endpoint itself where it is a string, else its JSON. */
  @Column({ type: 'text' })
  serviceEndpoint!: string

  @Column({ type: 'varchar', nullable: true })
  description!: string | null
}
