import { Column, Entity, PrimaryColumn } from 'typeorm'
import type { AuditAction, AuditActor, AuditValues } from '../types/AuditLog.js'

/** A change that was made. The database refuses to change or delete such a row. */
@Entity('studio_account_audit')
export class AuditRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  entryId!: string

  @Column({ type: 'varchar' })
  action!: AuditAction

  @Column({ type: 'varchar' })
  actorRole!: AuditActor['role']

  @Column({ type: 'varchar', nullable: true })
  actorKeyId!: string | null

  @Column({ type: 'simple-json', nullable: true })
  before!: AuditValues | null

  @Column({ type: 'simple-json' })
  after!: AuditValues

  @Column({ type: 'varchar', nullable: true })
  reason!: string | null

  @Column({ type: 'varchar' })
  createdAt!: string
}
