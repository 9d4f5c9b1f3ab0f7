import type {
  AccountManagerCorrectArgs,
  AccountManagerCreditArgs,
  AccountManagerRefundArgs,
  Transaction,
} from '@veramo-studio/account-manager'
import { randomString } from '@veramo-studio/plugin-kit'
import type { Command } from 'commander'
import { formatCheq } from './format-cheq.js'
import { formatRecord } from './format-table.js'
import type { Printer, RunCommand } from './session.js'

interface NoteOptions {
  reason: string
  key?: string
}

interface MoneyOptions extends NoteOptions {
  network: AccountManagerCreditArgs['network']
  amount: string
}

const KEY_LENGTH = 24

/** Commands that move money: each once for a key. */
export function addMoneyCommands(accounts: Command, run: RunCommand): void {
  const moving = (name: string, description: string) =>
    accounts.command(name).description(`${description}; the same key and arguments again change nothing`)
  const noted = (command: Command) =>
    command
      .requiredOption('--reason <reason>', 'what the customer reads beside it')
      .option('--key <idempotencyKey>', 'default: a random one, which is printed')

  noted(
    moving('credit', 'give a customer money')
      .argument('<customerId>')
      .requiredOption('--network <network>', 'mainnet or testnet')
      .requiredOption('--amount <ncheq>', 'in ncheq: 1 CHEQ is 1000000000'),
  ).action((customerId: string, { network, amount, ...options }: MoneyOptions) =>
    run(async ({ call, print }) => {
      const args: AccountManagerCreditArgs = { customerId, network, amount: ncheq(amount), ...noteOf(options, print) }
      show(print, await call<Transaction>('accountManagerCredit', args))
    }),
  )

  noted(
    moving('refund', 'give a charge back, or a part of it')
      .argument('<customerId>')
      .argument('<transactionId>', 'of the charge')
      .option('--amount <ncheq>', 'default: what has not been given back yet'),
  ).action((customerId: string, transactionId: string, { amount, ...options }: NoteOptions & { amount?: string }) =>
    run(async ({ call, print }) => {
      const args: AccountManagerRefundArgs = {
        ...{ customerId, transactionId, ...noteOf(options, print) },
        ...(amount !== undefined && { amount: ncheq(amount) }),
      }
      show(print, await call<Transaction>('accountManagerRefund', args))
    }),
  )

  noted(
    moving('correct', 'take back credit that was given by mistake, or return it')
      .argument('<customerId>')
      .requiredOption('--network <network>', 'mainnet or testnet')
      .requiredOption('--amount <ncheq>', 'in ncheq: 1 CHEQ is 1000000000')
      .requiredOption('--direction <direction>', 'out takes back, in returns'),
  ).action((customerId: string, { network, amount, direction, ...options }: MoneyOptions & CorrectOptions) =>
    run(async ({ call, print }) => {
      const args: AccountManagerCorrectArgs = {
        ...{ customerId, network, amount: ncheq(amount), direction, ...noteOf(options, print) },
      }
      show(print, await call<Transaction>('accountManagerCorrect', args))
    }),
  )
}

type CorrectOptions = Pick<AccountManagerCorrectArgs, 'direction'>

function ncheq(amount: string): AccountManagerCreditArgs['amount'] {
  return { denom: 'ncheq', amount }
}

/** Prints a key that it has made, first: whoever does not hear how it ended repeats it with this key. */
function noteOf({ reason, key }: NoteOptions, print: Printer): { reason: string; idempotencyKey: string } {
  const idempotencyKey = key ?? randomString(KEY_LENGTH)
  if (key === undefined) print.note(`idempotency key: ${idempotencyKey}`)
  return { reason, idempotencyKey }
}

function show(print: Printer, transaction: Transaction): void {
  print.result(transaction, () => transactionLines(transaction))
}

function transactionLines(transaction: Transaction): string[] {
  const { transactionId, type, direction, network, source, amount, reason, createdAt } = transaction
  return formatRecord([
    ['transaction', transactionId],
    ['type', `${type}, ${direction}`],
    ['network', network],
    ['source', source],
    ['ncheq', amount.amount],
    ['CHEQ', formatCheq(amount.amount)],
    ['reason', reason ?? '-'],
    ['created', createdAt],
  ])
}
