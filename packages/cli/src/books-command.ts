import { open } from 'node:fs/promises'
import { billingManagerOf, type BillingManager, type BooksBreak } from '@veramo-studio/billing-manager'
import { kitErrors } from '@veramo-studio/plugin-kit'
import type { Command } from 'commander'
import type { RunCommand, Session } from './session.js'

interface VerifyBooksOptions {
  customer?: string
  heads?: string
}

/** Entries between two signs of life. */
const PROGRESS_STEP = 10_000

export function addBooksCommand(program: Command, run: RunCommand): void {
  const books = program.command('books').description('the journal of units and money')

  books
    .command('verify')
    .description('check the books, and name the first entry that breaks')
    .option('--customer <customerId>', 'only the books of this customer')
    .option('--heads <file>', 'heads that were exported before, which must still be there')
    .action((options: VerifyBooksOptions) => run((session) => verifyBooks(session, options)))

  books
    .command('export-heads')
    .description('write where the journal of each customer ends, as lines of JSON: proof that nothing is cut off later')
    .option('--out <file>', 'a new file; default: standard output')
    .action(({ out }: { out?: string }) =>
      run(async (session) => {
        const heads = requireBilling(session).exportHeads()
        if (out === undefined) for await (const line of heads) session.print.text(line)
        else await writeNewFile(out, heads)
      }),
    )
}

async function verifyBooks(session: Session, { customer, heads }: VerifyBooksOptions): Promise<void> {
  const { print } = session
  const billing = requireBilling(session)
  let told = 0
  const report = await billing.verifyBooks(customer === undefined ? {} : { customerId: customer }, {
    ...(heads !== undefined && { knownHeads: linesOf(heads) }),
    onProgress: ({ tenantId, checked }) => {
      if (checked - told < PROGRESS_STEP) return
      told = checked
      print.progress(`entries checked: ${checked}, at customer ${tenantId}`)
    },
  })
  print.progress('')
  const verdict = report.valid ? 'the books are whole' : 'the books are broken'
  print.result(report, () => [`${verdict}; entries checked: ${report.checked}`])
  if (!report.valid) throw new Error(`books_broken: ${placeOf(report.firstBreak)}`)
}

function requireBilling({ agent, agentFile }: Session): BillingManager {
  const billing = billingManagerOf(agent)
  if (billing !== undefined) return billing
  throw kitErrors.setting_invalid(`the agent of ${agentFile} has no plugin with the method billingManagerVerifyBooks`)
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* (await open(file)).readLines()
  } catch (cause) {
    throw fileFault(file, 'cannot be read', cause)
  }
}

/** Heads of before are not written over: they may be the only ones that still tell. */
async function writeNewFile(file: string, lines: AsyncIterable<string>): Promise<void> {
  const handle = await open(file, 'wx').catch((cause: unknown) => {
    throw fileFault(file, 'cannot be made', cause)
  })
  try {
    for await (const line of lines) await handle.write(line)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function fileFault(file: string, what: string, cause: unknown): Error {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unusable'
  return kitErrors.invalid_argument(`${file} ${what} (${reason})`, { cause })
}

function placeOf(firstBreak: BooksBreak | undefined): string {
  if (firstBreak === undefined) return 'it is not known where'
  const { customerId, seq, transferId, reason } = firstBreak
  const entry = seq === undefined ? '' : `, entry ${seq}`
  const transfer = transferId === undefined ? '' : `, transfer ${transferId}`
  return `customer ${customerId}${entry}${transfer}: ${reason}`
}
