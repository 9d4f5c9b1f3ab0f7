import { Column, Entity, PrimaryColumn } from 'typeorm'

/** What of a charge has been given back. Its row is what refunds of it wait for, one after another. */
@Entity('studio_refunded_charge')
export class RefundedChargeRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** Of the charge. */
  @PrimaryColumn({ type: 'varchar' })
  transactionId!: string

  /** In ncheq; read as text. */
  @Column({ type: 'bigint' })
  refunded!: string
}
