import type {
  BillingManagerSetPlanArgs,
  BillingPlan,
  BillingPlanList,
  BillingUsage,
  PlanLimit,
  PlanMeter,
} from '@veramo-studio/billing-manager'
import { Option, type Command } from 'commander'
import { overageColumns } from './format-overage.js'
import { formatRecord, formatTable, type Column } from './format-table.js'
import type { RunCommand } from './session.js'
import { usageLines } from './usage-command.js'

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

/** Each limit of a meter in a row of its own. */
type LimitRow = PlanMeter & Pick<PlanLimit, 'limit' | 'hard' | 'rollover'> & { per: string }

const LIMIT_COLUMNS: readonly Column<LimitRow>[] = [
  { title: 'METER', value: ({ meter }) => meter },
  { title: 'PER', value: ({ per }) => per },
  { title: 'LIMIT', value: ({ limit }) => String(limit), align: 'right' },
  { title: 'HARD', value: ({ hard }) => (hard ? 'yes' : 'no') },
  { title: 'ROLLOVER', value: ({ rollover }) => String(rollover), align: 'right' },
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
  addShowCommand(plans, run)
  addSetCommand(plans, run)
}

function addShowCommand(plans: Command, run: RunCommand): void {
  plans
    .command('show')
    .description('show a plan in force, with all its limits')
    .argument('<plan>')
    .action((name: string) =>
      run(async ({ call, print }) => {
        const { items } = await call<BillingPlanList>('billingManagerListPlans', { plan: name })
        const [plan] = items
        if (plan !== undefined) print.result(plan, () => planLines(plan))
      }),
    )
}

function addSetCommand(plans: Command, run: RunCommand): void {
  plans
    .command('set')
    .description('put a customer on a plan, and show what it may use')
    .argument('<customerId>')
    .argument('<plan>')
    .addOption(
      new Option('--effective <when>', 'default: at the end of the period where the plan gives less').choices([
        'now',
        'period_end',
      ]),
    )
    .action((customerId: string, plan: string, options: Pick<BillingManagerSetPlanArgs, 'effective'>) =>
      run(async ({ call, print }) => {
        const usage = await call<BillingUsage>('billingManagerSetPlan', { customerId, plan, ...options })
        print.result(usage, () => usageLines(usage))
      }),
    )
}

function planLines(plan: BillingPlan): string[] {
  const head = formatRecord([
    ['plan', plan.plan],
    ['version', String(plan.version)],
    ['period', periodOf(plan)],
    ['counted from', plan.periods === 'calendar' ? 'the calendar' : 'the day of the account'],
    ['then', plan.then ?? '-'],
  ])
  const rows = plan.meters.flatMap((meter): LimitRow[] => {
    const own = { per: plan.trialDays === null ? 'month' : 'trial', limit: meter.limit, hard: false, rollover: 0 }
    return (meter.limits ?? [own]).map((limit) => ({ ...meter, ...limit }))
  })
  return [...head, '', ...formatTable(LIMIT_COLUMNS, rows)]
}

function periodOf({ trialDays }: BillingPlan): string {
  return trialDays === null ? 'month' : `${trialDays} days, once`
}
