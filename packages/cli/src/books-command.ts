import type { BooksBreak, BooksReport } from '@veramo-studio/billing-manager'
import type { Command } from 'commander'
import type { RunCommand } from './session.js'

export function addBooksCommand(program: Command, run: RunCommand): void {
  program
    .command('books')
    .description('the journal of units and money')
    .command('verify')
    .description('check the books, and name the first entry that breaks')
    .option('--customer <customerId>', 'only the books of this customer')
    .action(({ customer }: { customer?: string }) =>
      run(async ({ call, print }) => {
        const args = customer === undefined ? {} : { customerId: customer }
        const report = await call<BooksReport>('billingManagerVerifyBooks', args)
        const verdict = report.valid ? 'the books are whole' : 'the books are broken'
        print.result(report, () => [`${verdict}; entries checked: ${report.checked}`])
        if (!report.valid) throw new Error(`books_broken: ${placeOf(report.firstBreak)}`)
      }),
    )
}

function placeOf(firstBreak: BooksBreak | undefined): string {
  if (firstBreak === undefined) return 'it is not known where'
  const { customerId, seq, transferId, reason } = firstBreak
  const entry = seq === undefined ? '' : `, entry ${seq}`
  const transfer = transferId === undefined ? '' : `, transfer ${transferId}`
  return `customer ${customerId}${entry}${transfer}: ${reason}`
}
