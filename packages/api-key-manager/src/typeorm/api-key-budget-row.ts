import { Column, Entity, PrimaryColumn } from 'typeorm'

/** How far the strict rate limits of a key, or of a customer, are drawn on. */
@Entity('studio_api_key_budget')
export class ApiKeyBudgetRow {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  /** The first key of a chain of rotations, or `*` for the limits of the customer. */
  @PrimaryColumn({ type: 'varchar' })
  budgetId!: string

  /** JSON: the level of each limit, by its name. */
  @Column({ type: 'text' })
  levels!: string
}
