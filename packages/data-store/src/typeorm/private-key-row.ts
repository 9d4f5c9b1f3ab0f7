import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A private key of an agent that seals its keys with a secret box of its own. */
@Entity('studio_private_key')
export class PrivateKeyRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  alias!: string

  /** Rises with each key that the tenant stores: lists are in this order. */
  @Column({ type: 'integer' })
  position!: number

  @Column({ type: 'varchar' })
  type!: string

  /** By the secret box; what it belongs to is in it. */
  @Column({ type: 'text' })
  sealed!: string
}
