/**
 * A process that holds and ends as fast as it can, for the test that kills it. It says on its standard output what it
 * was told is done, one line an operation, and nothing before it was told.
 */
import { Ledger } from '../index.js'
import { CHAIN_KEY, CREDIT, leg, openLedgerDatabase, OUTSIDE } from './open-ledger.js'

export interface SpendingChildOptions {
  url: string
  callers: number
  tenants: number
  /** Distinguishes this process's transfers from those of others. */
  round: number
}

export const FUNDING = 1_000_000n
const HELD_AMOUNT = 3n

export const tenantOf = (caller: number, tenants: number) => `tenant${caller % tenants}`

async function main({ url, callers, tenants, round }: SpendingChildOptions): Promise<void> {
  const database = await openLedgerDatabase(url)
  const ledger = new Ledger({ chainKey: CHAIN_KEY })
  const say = (line: string) => process.stdout.write(`${line}\n`)

  const holdAndEnd = async (tenantId: string, transferId: string, kind: number) => {
    const reference = { tenantId, transferId }
    const write = <T>(work: Parameters<typeof database.write<T>>[0]) => database.write(work, { tenantId })
    const request = { ...reference, legs: [leg(CREDIT, 'revenue', HELD_AMOUNT)] }
    const held = await write((manager) => ledger.hold(manager, request))
    say(`${held.outcome} ${tenantId} ${transferId}`)
    // Every fourth is left open.
    if (kind === 0) return
    const amounts = [kind === 1 ? HELD_AMOUNT : 1n]
    const ended = await write<{ outcome: string }>((manager) =>
      kind === 3 ? ledger.void(manager, reference) : ledger.settle(manager, { ...reference, amounts }),
    )
    say(`${ended.outcome} ${tenantId} ${transferId} ${kind === 3 ? 0n : amounts[0]}`)
  }

  const spend = async (caller: number) => {
    const tenantId = tenantOf(caller, tenants)
    const funding = { tenantId, transferId: 'fund', legs: [leg(OUTSIDE, CREDIT, FUNDING)] }
    await database.write((manager) => ledger.post(manager, funding), { tenantId })
    for (let index = 0; ; index += 1) await holdAndEnd(tenantId, `h${round}-${caller}-${index}`, index % 4)
  }

  await Promise.all(Array.from({ length: callers }, (_unused, caller) => spend(caller)))
}

const options = process.argv[2]
if (options !== undefined && process.argv[1]?.endsWith('spending-child.js')) {
  await main(JSON.parse(options) as SpendingChildOptions)
}
