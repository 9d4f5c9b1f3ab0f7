import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { AccountStatus } from '../types/IAccountManager.js'

@Entity('studio_account')
export class AccountRow {
  /** The customer's id. */
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @Column({ type: 'varchar' })
  name!: string

  /** As it was given. */
  @Column({ type: 'varchar', nullable: true })
  email!: string | null

  /** What is unique of it. */
  @Column({ type: 'varchar', nullable: true, unique: true })
  emailKey!: string | null

  @Column({ type: 'varchar' })
  plan!: string

  @Column({ type: 'varchar' })
  status!: AccountStatus

  @Column({ type: 'varchar' })
  createdAt!: string
}
