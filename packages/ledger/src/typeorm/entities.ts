import { Column, Entity, PrimaryColumn } from 'typeorm'

/*
 * The tables, for TypeORM to know of. Rows are read and written by the statements in this folder and never through a
 * repository, which on SQLite gives 64-bit integers as doubles.
 */

/** The last entry of each tenant's chain. Locking this row gives a writer its turn. */
@Entity('studio_ledger_chain')
export class LedgerChainEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @Column({ type: 'bigint' })
  seq!: string

  @Column({ type: 'varchar' })
  hash!: string

  /** When its tenant's books were closed; nothing new is posted or held from then on. */
  @Column({ type: 'varchar', nullable: true })
  closedAt!: string | null
}

/** What each account has: the sum of its entries, kept in the same transaction as they. */
@Entity('studio_ledger_account')
export class LedgerAccountEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  code!: string

  @PrimaryColumn({ type: 'varchar' })
  asset!: string

  @Column({ type: 'bigint' })
  balance!: string
}

@Entity('studio_ledger_entry')
export class LedgerEntryEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'bigint' })
  seq!: string

  @Column({ type: 'varchar' })
  transferId!: string

  @Column({ type: 'integer' })
  legIndex!: number

  @Column({ type: 'varchar' })
  kind!: string

  @Column({ type: 'varchar' })
  fromCode!: string

  @Column({ type: 'varchar' })
  toCode!: string

  @Column({ type: 'varchar' })
  asset!: string

  @Column({ type: 'bigint' })
  amount!: string

  @Column({ type: 'bigint' })
  fromBalance!: string

  @Column({ type: 'bigint' })
  toBalance!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar' })
  previousHash!: string

  @Column({ type: 'varchar' })
  hash!: string
}

@Entity('studio_ledger_transfer')
export class LedgerTransferEntity {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  transferId!: string

  @Column({ type: 'varchar' })
  kind!: string

  @Column({ type: 'varchar' })
  state!: string

  @Column({ type: 'simple-json' })
  legs!: { from: string; to: string; asset: string; amount: string }[]

  @Column({ type: 'simple-json', nullable: true })
  settledAmounts!: string[] | null

  @Column({ type: 'simple-json' })
  metadata!: Record<string, unknown>

  @Column({ type: 'varchar' })
  digest!: string

  @Column({ type: 'varchar' })
  createdAt!: string

  @Column({ type: 'varchar', nullable: true })
  expiresAt!: string | null

  @Column({ type: 'varchar', nullable: true })
  endedAt!: string | null

  @Column({ type: 'bigint' })
  startSeq!: string

  @Column({ type: 'bigint', nullable: true })
  endSeq!: string | null

  @Column({ type: 'varchar' })
  seal!: string
}
