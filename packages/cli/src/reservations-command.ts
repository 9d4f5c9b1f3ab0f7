import type {
  BillingManagerResolveReservationArgs,
  Reservation,
  ReservationState,
} from '@veramo-studio/billing-manager'
import { Option, type Command } from 'commander'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { readAllPages } from './read-all-pages.js'
import type { RunCommand } from './session.js'

interface ListOptions {
  customer?: string
  state: string
}

const COLUMNS: readonly Column<Reservation>[] = [
  { title: 'RESERVATION', value: ({ reservationId }) => reservationId },
  { title: 'CUSTOMER', value: ({ customerId }) => customerId },
  { title: 'METHOD', value: ({ method }) => method },
  { title: 'METER', value: ({ meter }) => meter },
  { title: 'UNITS', value: ({ units }) => String(units), align: 'right' },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
  { title: 'ENDED', value: ({ endedAt }) => endedAt ?? '-' },
  { title: 'TRANSACTION', value: ({ transactions }) => transactions.at(-1)?.txHash ?? '-' },
  { title: 'RESOLVED', value: ({ resolution }) => resolution?.reason ?? '-' },
]

export function addReservationsCommand(program: Command, run: RunCommand): void {
  const reservations = program.command('reservations').description('metered calls, and what they have set aside')

  reservations
    .command('list')
    .description('list metered calls, oldest first')
    .option('--customer <customerId>', 'only those of this customer')
    .addOption(
      new Option('--state <state>', 'settled and voided only with a customer')
        .choices(['open', 'reserved', 'broadcast', 'settled', 'voided'])
        .default('open'),
    )
    .action(({ customer, state }: ListOptions) =>
      run(async ({ call, print }) => {
        const args = { state, ...(customer !== undefined && { customerId: customer }) }
        const list = await readAllPages<Reservation>(call, 'billingManagerListReservations', args)
        print.result(list, () => formatTable(COLUMNS, list.items))
      }),
    )

  reservations
    .command('resolve')
    .description('end a reservation that stays open')
    .argument('<customerId>')
    .argument('<reservationId>')
    .addOption(
      new Option('--outcome <outcome>', 'settled: paid; voided: given back')
        .choices(['settled', 'voided'])
        .makeOptionMandatory(),
    )
    .requiredOption('--reason <reason>', 'how you know, for the record')
    .action(
      (
        customerId: string,
        reservationId: string,
        options: Pick<BillingManagerResolveReservationArgs, 'outcome' | 'reason'>,
      ) =>
        run(async ({ call, print }) => {
          const args: BillingManagerResolveReservationArgs = { customerId, reservationId, ...options }
          const ended = await call<ReservationState>('billingManagerResolveReservation', args)
          print.result(ended, () => [
            ...formatRecord([
              ['reservation', reservationId],
              ['state', ended.state],
            ]),
          ])
        }),
    )
}
