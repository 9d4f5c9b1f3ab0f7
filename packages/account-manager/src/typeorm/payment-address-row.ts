import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { PaymentNetwork } from '../types/PaymentKeys.js'

@Entity('studio_payment_address')
export class PaymentAddressRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  network!: PaymentNetwork

  /** Bech32. No two customers have the same, on whatever network: it finds the customer that a deposit is for. */
  @Column({ type: 'varchar', unique: true })
  address!: string

  /** Compressed; the ledger wants it with each transaction of the address. */
  @Column({ type: 'varchar' })
  publicKeyHex!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
