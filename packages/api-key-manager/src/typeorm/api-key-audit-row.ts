import { Column, Entity, Index, PrimaryColumn } from 'typeorm'

/** One change of a key: who made it, and what the key was before and after. The database refuses to change or delete such a row. */
@Entity('studio_api_key_audit')
@Index('studio_api_key_audit_of_tenant', ['tenantId', 'createdAt', 'auditId'])
@Index('studio_api_key_audit_of_key', ['keyId', 'createdAt', 'auditId'])
@Index('studio_api_key_audit_created', ['createdAt', 'auditId'])
export class ApiKeyAuditRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  auditId!: string

  @Column({ type: 'varchar' })
  keyId!: string

  @Column({ type: 'varchar' })
  action!: string

  /** The key that the change was made with; null for the operator's own code. */
  @Column({ type: 'varchar', nullable: true })
  actorKeyId!: string | null

  /** `customer`, `operator` or `service`, which is the operator's own code. */
  @Column({ type: 'varchar' })
  actorRole!: string

  /** JSON of the key as its owner may see it; null for a new key. */
  @Column({ type: 'text', nullable: true })
  before!: string | null

  @Column({ type: 'text' })
  after!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
