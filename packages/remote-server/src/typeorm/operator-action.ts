import { Column, Entity, PrimaryColumn } from 'typeorm'

/** One call that an operator made for a customer. Rows are only ever added. */
@Entity('studio_operator_action')
export class OperatorAction {
  /** The customer that was acted for. */
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  actionId!: string

  /** The key of the operator who acted. */
  @Column({ type: 'varchar' })
  operatorKeyId!: string

  /** HTTP method and path, without the query. */
  @Column({ type: 'varchar' })
  operation!: string

  @Column({ type: 'varchar' })
  createdAt!: string
}
