import type { BillingGrant, BillingGrantBalance, BillingManagerGrantCreditArgs } from '@veramo-studio/billing-manager'
import { randomString } from '@veramo-studio/plugin-kit'
import type { Command } from 'commander'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { readAllPages } from './read-all-pages.js'
import type { RunCommand } from './session.js'

interface CreateOptions {
  meter: string
  units: string
  reason: string
  priority?: string
  expiresAt?: string
  key?: string
}

const KEY_LENGTH = 24

const COLUMNS: readonly Column<BillingGrantBalance>[] = [
  { title: 'GRANT', value: ({ grantId }) => grantId },
  { title: 'METER', value: ({ meter }) => meter },
  { title: 'UNITS', value: ({ units }) => String(units), align: 'right' },
  { title: 'REMAINING', value: ({ remaining }) => String(remaining), align: 'right' },
  { title: 'PRIORITY', value: ({ priority }) => String(priority), align: 'right' },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt ?? '-' },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
  { title: 'REASON', value: ({ reason }) => reason },
]

export function addGrantsCommand(program: Command, run: RunCommand): void {
  const grants = program.command('grants').description('units that customers have beside their plan')
  addCreateCommand(grants, run)

  grants
    .command('list')
    .description('list the grants of a customer, oldest first, with what is left of them')
    .argument('<customerId>')
    .option('--meter <meter>', 'only those of this meter')
    .action((customerId: string, options: { meter?: string }) =>
      run(async ({ call, print }) => {
        const args = { customerId, ...options }
        const list = await readAllPages<BillingGrantBalance>(call, 'billingManagerListGrants', args)
        print.result(list, () => formatTable(COLUMNS, list.items))
      }),
    )
}

function addCreateCommand(grants: Command, run: RunCommand): void {
  grants
    .command('create')
    .description('give a customer units; the same key and arguments again change nothing')
    .argument('<customerId>')
    .requiredOption('--meter <meter>', 'such as did.create')
    .requiredOption('--units <units>', 'how many')
    .requiredOption('--reason <reason>', 'what the customer reads beside it')
    .option('--priority <priority>', 'lower is used first; default 100')
    .option('--expires-at <time>', 'such as 2027-01-01T00:00:00Z; default never')
    .option('--key <idempotencyKey>', 'default: a random one, which is printed')
    .action((customerId: string, { meter, units, reason, priority, expiresAt, key }: CreateOptions) =>
      run(async ({ call, print }) => {
        const idempotencyKey = key ?? randomString(KEY_LENGTH)
        // First: whoever does not hear how it ended repeats it with this key.
        if (key === undefined) print.note(`idempotency key: ${idempotencyKey}`)
        const args: BillingManagerGrantCreditArgs = {
          ...{ customerId, meter, units: Number(units), reason, idempotencyKey },
          ...(priority !== undefined && { priority: Number(priority) }),
          ...(expiresAt !== undefined && { expiresAt }),
        }
        const grant = await call<BillingGrant>('billingManagerGrantCredit', args)
        print.result(grant, () => grantLines(grant))
      }),
    )
}

function grantLines({ grantId, meter, units, priority, expiresAt, reason, createdAt }: BillingGrant): string[] {
  return formatRecord([
    ['grant', grantId],
    ['meter', meter],
    ['units', String(units)],
    ['priority', String(priority)],
    ['expires', expiresAt ?? '-'],
    ['reason', reason],
    ['created', createdAt],
  ])
}
