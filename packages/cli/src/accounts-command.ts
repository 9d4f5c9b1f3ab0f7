import type {
  Account,
  AccountBalances,
  AccountManagerCreateArgs,
  AccountManagerCreditArgs,
  Balance,
  Transaction,
} from '@veramo-studio/account-manager'
import { randomString } from '@veramo-studio/plugin-kit'
import type { Command } from 'commander'
import { formatCheq } from './format-cheq.js'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { readAllPages } from './read-all-pages.js'
import type { RunCommand } from './session.js'

interface CreditOptions {
  network: AccountManagerCreditArgs['network']
  amount: string
  reason: string
  key?: string
}

const KEY_LENGTH = 24

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
    .description('list all customers, oldest first')
    .action(() =>
      run(async ({ call, print }) => {
        const list = await readAllPages<Account>(call, 'accountManagerList')
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

  addCreditCommand(accounts, run)
}

function addCreditCommand(accounts: Command, run: RunCommand): void {
  accounts
    .command('credit')
    .description('give a customer money; the same key and arguments again change nothing')
    .argument('<customerId>')
    .requiredOption('--network <network>', 'mainnet or testnet')
    .requiredOption('--amount <ncheq>', 'in ncheq: 1 CHEQ is 1000000000')
    .requiredOption('--reason <reason>', 'what the customer reads beside it')
    .option('--key <idempotencyKey>', 'default: a random one, which is printed')
    .action((customerId: string, { network, amount, reason, key }: CreditOptions) =>
      run(async ({ call, print }) => {
        const idempotencyKey = key ?? randomString(KEY_LENGTH)
        // First: whoever does not hear how it ended repeats it with this key.
        if (key === undefined) print.note(`idempotency key: ${idempotencyKey}`)
        const args: AccountManagerCreditArgs = {
          ...{ customerId, network, amount: { denom: 'ncheq', amount }, reason, idempotencyKey },
        }
        const transaction = await call<Transaction>('accountManagerCredit', args)
        print.result(transaction, () => transactionLines(transaction))
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

function transactionLines({ transactionId, network, amount, reason, createdAt }: Transaction): string[] {
  return formatRecord([
    ['transaction', transactionId],
    ['network', network],
    ['ncheq', amount.amount],
    ['CHEQ', formatCheq(amount.amount)],
    ['reason', reason ?? '-'],
    ['created', createdAt],
  ])
}
