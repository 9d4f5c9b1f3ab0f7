import type {
  Account,
  AccountBalances,
  AccountManagerCreateArgs,
  AccountManagerListArgs,
  Balance,
} from '@veramo-studio/account-manager'
import type { Command } from 'commander'
import { formatCheq } from './format-cheq.js'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { addMoneyCommands } from './money-commands.js'
import { readAllPages } from './read-all-pages.js'
import type { RunCommand } from './session.js'
import { addStatementCommand } from './statement-command.js'

interface UpdateOptions {
  name?: string
  /** False: take it away. */
  email?: string | false
  reason?: string
}

const ACCOUNT_COLUMNS: readonly Column<Account>[] = [
  { title: 'CUSTOMER', value: ({ customerId }) => customerId },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'E-MAIL', value: ({ email }) => email ?? '-' },
  { title: 'PLAN', value: ({ plan }) => plan },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
]

const BALANCE_COLUMNS: readonly Column<Balance>[] = [
  { title: 'NETWORK', value: ({ network }) => network },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'AVAILABLE (NCHEQ)', value: ({ available }) => available.amount, align: 'right' },
  { title: '(CHEQ)', value: ({ available }) => formatCheq(available.amount), align: 'right' },
  { title: 'HELD (NCHEQ)', value: ({ held }) => held.amount, align: 'right' },
  { title: '(CHEQ)', value: ({ held }) => formatCheq(held.amount), align: 'right' },
]

export function addAccountsCommand(program: Command, run: RunCommand): void {
  const accounts = program.command('accounts').description('customers and their money')

  accounts
    .command('create')
    .description('make a customer')
    .requiredOption('--name <name>', 'what it is called')
    .option('--email <email>', 'its e-mail address')
    .option('--plan <plan>', 'its first plan')
    .action((options: AccountManagerCreateArgs) =>
      run(async ({ call, print }) => {
        const account = await call<Account>('accountManagerCreate', options)
        print.result(account, () => accountLines(account))
      }),
    )

  accounts
    .command('list')
    .description('list customers, oldest first: all, or those that fit')
    .option('--status <status>', 'active or closed')
    .option('--plan <plan>', 'those on this plan')
    .option('--email <email>', 'the one with this address')
    .option('--name <part>', 'those with this in their name')
    .action((filters: AccountManagerListArgs) =>
      run(async ({ call, print }) => {
        const list = await readAllPages<Account>(call, 'accountManagerList', filters)
        print.result(list, () => formatTable(ACCOUNT_COLUMNS, list.items))
      }),
    )

  accounts
    .command('show')
    .description('show a customer and its balances')
    .argument('<customerId>')
    .action((customerId: string) =>
      run(async ({ call, print }) => {
        const account = await call<Account>('accountManagerGet', { customerId })
        const { balances } = await call<AccountBalances>('accountManagerGetBalances', { customerId })
        const lines = () => [...accountLines(account), '', ...formatTable(BALANCE_COLUMNS, balances)]
        print.result({ ...account, balances }, lines)
      }),
    )

  addChangeCommands(accounts, run)
  addMoneyCommands(accounts, run)
  addStatementCommand(accounts, run)
}

function addChangeCommands(accounts: Command, run: RunCommand): void {
  accounts
    .command('update')
    .description('change the name or the e-mail address of a customer')
    .argument('<customerId>')
    .option('--name <name>', 'what it is called')
    .option('--email <email>', 'its e-mail address')
    .option('--no-email', 'take its e-mail address away')
    .option('--reason <reason>', 'kept in the audit log')
    .action((customerId: string, { email, ...options }: UpdateOptions) =>
      run(async ({ call, print }) => {
        const changes = { ...options, ...(email !== undefined && { email: email === false ? null : email }) }
        const account = await call<Account>('accountManagerUpdate', { customerId, ...changes })
        print.result(account, () => accountLines(account))
      }),
    )

  accounts
    .command('close')
    .description('close an account for good, and revoke its keys; it must have no money and no call that runs')
    .argument('<customerId>')
    .option('--reason <reason>', 'kept in the audit log')
    .action((customerId: string, options: { reason?: string }) =>
      run(async ({ call, print }) => {
        const account = await call<Account>('accountManagerClose', { customerId, ...options })
        print.result(account, () => accountLines(account))
      }),
    )
}

function accountLines({ customerId, name, email, plan, status, createdAt, paymentAccount }: Account): string[] {
  return formatRecord([
    ['customer', customerId],
    ['name', name],
    ['e-mail', email ?? '-'],
    ['plan', plan],
    ['status', status],
    ['created', createdAt],
    ['mainnet address', paymentAccount.mainnet],
    ['testnet address', paymentAccount.testnet],
  ])
}
