import type { BillingPlan, BillingPlanList, PlanMeter } from '@veramo-studio/billing-manager'
import type { Command } from 'commander'
import { overageColumns } from './format-overage.js'
import { formatTable, type Column } from './format-table.js'
import type { RunCommand } from './session.js'

interface PlanRow extends PlanMeter {
  plan: BillingPlan
}

const COLUMNS: readonly Column<PlanRow>[] = [
  { title: 'PLAN', value: ({ plan }) => plan.plan },
  { title: 'VERSION', value: ({ plan }) => String(plan.version), align: 'right' },
  { title: 'PERIOD', value: ({ plan }) => periodOf(plan) },
  { title: 'METER', value: ({ meter }) => meter },
  { title: 'LIMIT', value: ({ limit }) => String(limit), align: 'right' },
  ...overageColumns,
]

export function addPlansCommand(program: Command, run: RunCommand): void {
  const plans = program.command('plans').description('what customers may use, and what more costs')

  plans
    .command('list')
    .description('list the plans in force')
    .action(() =>
      run(async ({ call, print }) => {
        const list = await call<BillingPlanList>('billingManagerListPlans', {})
        const rows = list.items.flatMap((plan) => plan.meters.map((meter) => ({ ...meter, plan })))
        print.result(list, () => formatTable(COLUMNS, rows))
      }),
    )

  plans
    .command('check')
    .description('load the agent file, and name the first line of its plans and method rules that is wrong')
    .action(() =>
      run(async ({ call, print, agentFile }) => {
        const list = await call<BillingPlanList>('billingManagerListPlans', {})
        const names = list.items.map(({ plan }) => plan).join(', ')
        print.result(list, () => [`${agentFile}: nothing wrong with the plans ${names}`])
      }),
    )
}

function periodOf({ trialDays }: BillingPlan): string {
  return trialDays === null ? 'month' : `${trialDays} days, once`
}
