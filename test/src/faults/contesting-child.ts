/**
 * Run as a program of its own beside others: reserves a coin of one customer's credit again and again, pays with two of
 * three that it gets and gives the third back, and says at the end what came of it.
 */
import { openLedger } from './ledger-operations.js'

export interface SpendingContest {
  url: string
  /** Distinguishes this process's transfers from those of others. */
  process: number
  operations: number
  callers: number
}

export interface SpendingReport {
  operations: number
  paid: number
  refused: number
}

const contest = JSON.parse(process.argv[2] ?? '{}') as SpendingContest
const { database, ledger } = await openLedger(contest.url)
const report: SpendingReport = { operations: 0, paid: 0, refused: 0 }
const tenantId = 'contested'
const legs = [{ from: 'credit:mainnet', to: 'revenue', asset: 'mainnet:ncheq', amount: 1n }]

async function spendOnce(operation: number): Promise<void> {
  const reference = { tenantId, transferId: `${contest.process}-${operation}` }
  const { outcome } = await database.write((manager) => ledger.hold(manager, { ...reference, legs }), { tenantId })
  if (outcome === 'insufficient') {
    report.refused += 1
    return
  }
  report.operations += 1
  const isPaid = operation % 3 !== 0
  await database.write<{ outcome: string }>(
    (manager) => (isPaid ? ledger.settle(manager, reference) : ledger.void(manager, reference)),
    { tenantId },
  )
  if (isPaid) report.paid += 1
}

async function spend(): Promise<void> {
  while (report.operations < contest.operations) {
    report.operations += 1
    await spendOnce(report.operations)
  }
}

await Promise.all(Array.from({ length: contest.callers }, spend))
process.stdout.write(`${JSON.stringify(report)}\n`)
await database.close()
