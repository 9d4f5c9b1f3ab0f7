import type { BillingUsage, MeterUsage } from '@veramo-studio/billing-manager'
import type { Command } from 'commander'
import { overageColumns } from './format-overage.js'
import { formatRecord, formatTable, type Column } from './format-table.js'
import type { RunCommand } from './session.js'

const COLUMNS: readonly Column<MeterUsage>[] = [
  { title: 'METER', value: ({ meter }) => meter },
  { title: 'USED', value: ({ used }) => String(used), align: 'right' },
  { title: 'HELD', value: ({ held }) => String(held), align: 'right' },
  { title: 'LIMIT', value: ({ limit }) => String(limit), align: 'right' },
  { title: 'REMAINING', value: ({ remaining }) => String(remaining), align: 'right' },
  { title: 'RESETS', value: ({ resetsAt }) => resetsAt ?? '-' },
  ...overageColumns,
]

export function addUsageCommand(program: Command, run: RunCommand): void {
  program
    .command('usage')
    .description('show what a customer has used in this period, and what is left')
    .argument('<customerId>')
    .action((customerId: string) =>
      run(async ({ call, print }) => {
        const usage = await call<BillingUsage>('billingManagerGetUsage', { customerId })
        print.result(usage, () => usageLines(usage))
      }),
    )
}

export function usageLines({ plan, period, meters, next }: BillingUsage): string[] {
  const head = formatRecord([
    ['plan', plan],
    ['from', period.start],
    ['until', period.end],
    ...(next ? ([['next', `${next.plan} from ${next.at} on`]] as const) : []),
  ])
  return [...head, '', ...formatTable(COLUMNS, meters)]
}
