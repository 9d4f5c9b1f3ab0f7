import type {
  AccountManagerGetStatementArgs,
  AccountStatement,
  StatementMovement,
} from '@veramo-studio/account-manager'
import type { Command } from 'commander'
import { formatCheq } from './format-cheq.js'
import { formatRecord, formatTable, type Column } from './format-table.js'
import type { Call, RunCommand } from './session.js'

interface StatementOptions {
  network: AccountManagerGetStatementArgs['network']
  from?: string
  to?: string
  csv: boolean
}

const PAGE = 100

const MOVEMENT_COLUMNS: readonly Column<StatementMovement>[] = [
  { title: 'TIME', value: ({ createdAt }) => createdAt },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'IN (CHEQ)', value: (movement) => amountIf(movement, 'in'), align: 'right' },
  { title: 'OUT (CHEQ)', value: (movement) => amountIf(movement, 'out'), align: 'right' },
  { title: 'BALANCE (CHEQ)', value: ({ balance }) => formatCheq(balance.amount), align: 'right' },
  { title: 'FOR', value: ({ reason, method }) => reason ?? method ?? '-' },
]

export function addStatementCommand(accounts: Command, run: RunCommand): void {
  accounts
    .command('statement')
    .description('show what happened to the money of a customer on one network')
    .argument('<customerId>')
    .requiredOption('--network <network>', 'mainnet or testnet')
    .option('--from <time>', 'the first instant of the period, such as 2026-01-01; default: from the beginning')
    .option('--to <time>', 'the instant after the period; default: until now')
    .option('--csv', 'write it as CSV, with amounts in ncheq', false)
    .action((customerId: string, { csv, ...options }: StatementOptions) =>
      run(async ({ call, print }) => {
        const args: AccountManagerGetStatementArgs = { customerId, ...options, format: csv ? 'csv' : 'json' }
        if (csv) {
          for await (const page of statementPages(call, args)) print.text(page.csv ?? '')
          return
        }
        const statement = await readStatement(call, args)
        print.result(statement, () => statementLines(statement))
      }),
    )
}

async function* statementPages(call: Call, args: AccountManagerGetStatementArgs): AsyncGenerator<AccountStatement> {
  let cursor: string | undefined
  do {
    const page: AccountStatement = await call<AccountStatement>('accountManagerGetStatement', {
      ...{ ...args, limit: PAGE },
      ...(cursor !== undefined && { cursor }),
    })
    yield page
    cursor = page.nextCursor
  } while (cursor !== undefined)
}

/** All pages as one. */
async function readStatement(call: Call, args: AccountManagerGetStatementArgs): Promise<AccountStatement> {
  const movements: StatementMovement[] = []
  let whole: AccountStatement | undefined
  for await (const page of statementPages(call, args)) {
    movements.push(...(page.movements ?? []))
    const { customerId, network, from, to, openingBalance, closingBalance } = page
    whole = { customerId, network, from, to, openingBalance, closingBalance, movements }
  }
  if (whole === undefined) throw new Error('a statement without a page')
  return whole
}

function statementLines({ openingBalance, closingBalance, movements = [], from, to }: AccountStatement): string[] {
  const head = formatRecord([
    ['from', from ?? 'the beginning'],
    ['until', to ?? 'now'],
    ['opening (CHEQ)', formatCheq(openingBalance.amount)],
    ['closing (CHEQ)', formatCheq(closingBalance.amount)],
  ])
  return [...head, '', ...formatTable(MOVEMENT_COLUMNS, movements)]
}

function amountIf({ direction, amount }: StatementMovement, wanted: StatementMovement['direction']): string {
  return direction === wanted ? formatCheq(amount.amount) : ''
}
