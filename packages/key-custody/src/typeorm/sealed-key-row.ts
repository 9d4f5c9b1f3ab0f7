import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { KeyType } from '../key-type.js'

/** What a key is for: `agent` keys are the customer's own, `payment` keys are behind its payment addresses. */
export type KeyPurpose = 'agent' | 'payment'

/** A private key, sealed by its tenant's data key. */
@Entity('studio_sealed_key')
export class SealedKeyRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  purpose!: KeyPurpose

  @PrimaryColumn({ type: 'varchar' })
  kid!: string

  @Column({ type: 'varchar' })
  keyType!: KeyType

  @Column({ type: 'integer' })
  dekVersion!: number

  /** Base64. */
  @Column({ type: 'text' })
  sealed!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
