import { Column, Entity, PrimaryColumn } from 'typeorm'

/** A member of the subject of a credential. All else that claims are found by is the credential's. */
@Entity('studio_claim')
export class ClaimRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  credentialHash!: string

  /** From 1, in the order of the members. */
  @PrimaryColumn({ type: 'integer' })
  position!: number

  @Column({ type: 'text' })
  type!: string

  /** The value itself as text, or its JSON where it is an object. */
  @Column({ type: 'text', nullable: true })
  value!: string | null

  /** '1' or '0'. */
  @Column({ type: 'varchar' })
  isObj!: string
}
