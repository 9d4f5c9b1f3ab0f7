import { changeRows, type SqlParameter } from '@veramo-studio/plugin-kit'
import type { EntityManager, QueryRunner } from 'typeorm'
import { ledgerErrors } from '../errors.js'

export { isPostgres, selectRows as select, type SqlParameter as Parameter } from '@veramo-studio/plugin-kit'

/** Runs a statement that changes rows, and gives their number. */
export async function change(manager: EntityManager, sql: string, parameters: SqlParameter[]): Promise<number> {
  transactionOf(manager)
  return changeRows(manager, sql, parameters)
}

/** Throws `transaction_required` where the manager is not one of a write: money never moves in halves. */
export function transactionOf(manager: EntityManager): QueryRunner {
  const runner = manager.queryRunner
  if (runner?.isTransactionActive !== true) {
    throw ledgerErrors.transaction_required('the ledger changes only inside database.write')
  }
  return runner
}

/** `group` once for each of `count` rows. */
export function repeated(group: string, count: number, separator = ', '): string {
  return Array.from({ length: count }, () => group).join(separator)
}
