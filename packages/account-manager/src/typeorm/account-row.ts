import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { AccountStatus } from '../types/Account.js'

@Entity('studio_account')
export class AccountRow {
  /** The customer's id. */
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @Column({ type: 'varchar' })
  name!: string

  /** What it is searched by. */
  @Column({ type: 'varchar' })
  nameKey!: string

  /** As it was given. */
  @Column({ type: 'varchar', nullable: true })
  email!: string | null

  /** What is unique of it among the accounts that are not closed, and what it is found by. */
  @Column({ type: 'varchar', nullable: true })
  emailKey!: string | null

  @Column({ type: 'varchar' })
  plan!: string

  @Column({ type: 'varchar' })
  status!: AccountStatus

  @Column({ type: 'varchar' })
  createdAt!: string
}
