import { createSecretKey } from 'node:crypto'
import { Entities, Ledger, migrations } from '@veramo-studio/ledger'
import { openDatabase, type Database } from '@veramo-studio/plugin-kit'

export interface OpenLedger {
  database: Database
  ledger: Ledger
}

export async function openLedger(url: string): Promise<OpenLedger> {
  const database = await openDatabase({ url, entities: [Entities], migrations: [migrations] })
  return { database, ledger: new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 7)) }) }
}

const CREDIT = 'credit:mainnet'
const OUTSIDE = 'outside:operator'
const FUNDS = 100n
const PRICE = 5n
const SETTLED = 3n
const LONG_AGO = '2020-01-01T00:00:00.000Z'

const leg = (from: string, to: string, amount: bigint) => ({ from, to, asset: 'mainnet:ncheq', amount })
const SPEND = [leg(CREDIT, 'revenue', PRICE)]

export interface LedgerOperation {
  /** Whether a hold is there for it to end. */
  endsHold: boolean
  /** Resolves with the state that the transfer has then. */
  run: (opened: OpenLedger, tenantId: string) => Promise<string>
  /** The balances other than 0 that it leaves. */
  leaves: Record<string, bigint>
}

const transferOf = (tenantId: string) => ({ tenantId, transferId: 'the-one' })

export const LEDGER_OPERATIONS: Record<string, LedgerOperation> = {
  post: {
    endsHold: false,
    leaves: { [OUTSIDE]: -FUNDS, [CREDIT]: FUNDS - PRICE, revenue: PRICE },
    run: ({ database, ledger }, tenantId) =>
      database.write(async (manager) => stateOf(await ledger.post(manager, { ...transferOf(tenantId), legs: SPEND })), {
        acrossTenants: true,
      }),
  },
  hold: {
    endsHold: false,
    leaves: { [OUTSIDE]: -FUNDS, [CREDIT]: FUNDS - PRICE, held: PRICE },
    run: ({ database, ledger }, tenantId) =>
      database.write(
        async (manager) =>
          stateOf(await ledger.hold(manager, { ...transferOf(tenantId), legs: SPEND, expiresAt: LONG_AGO })),
        { acrossTenants: true },
      ),
  },
  settle: {
    endsHold: true,
    leaves: { [OUTSIDE]: -FUNDS, [CREDIT]: FUNDS - SETTLED, revenue: SETTLED },
    run: ({ database, ledger }, tenantId) =>
      database.write(
        async (manager) => stateOf(await ledger.settle(manager, { ...transferOf(tenantId), amounts: [SETTLED] })),
        { acrossTenants: true },
      ),
  },
  void: {
    endsHold: true,
    leaves: { [OUTSIDE]: -FUNDS, [CREDIT]: FUNDS },
    run: ({ database, ledger }, tenantId) =>
      database.write(async (manager) => stateOf(await ledger.void(manager, transferOf(tenantId))), {
        acrossTenants: true,
      }),
  },
  expire: {
    endsHold: true,
    leaves: { [OUTSIDE]: -FUNDS, [CREDIT]: FUNDS },
    run: ({ database, ledger }, tenantId) =>
      database.write(async (manager) => stateOf(await ledger.expire(manager, transferOf(tenantId))), {
        acrossTenants: true,
      }),
  },
}

/** What the operation finds. */
export async function prepareLedger(opened: OpenLedger, tenantId: string, operation: LedgerOperation): Promise<void> {
  const { database, ledger } = opened
  const funding = { tenantId, transferId: 'funds', legs: [leg(OUTSIDE, CREDIT, FUNDS)] }
  await database.write((manager) => ledger.post(manager, funding), { acrossTenants: true })
  if (operation.endsHold) await LEDGER_OPERATIONS['hold']?.run(opened, tenantId)
}

/** Balances other than 0, by account. */
export async function balancesOf({ database, ledger }: OpenLedger, tenantId: string): Promise<Record<string, bigint>> {
  const accounts = await database.read((manager) => ledger.balances(manager, tenantId), { acrossTenants: true })
  return Object.fromEntries(accounts.flatMap(({ code, balance }) => (balance === 0n ? [] : [[code, balance]])))
}

function stateOf(result: { outcome: string; transfer?: { state: string } }): string {
  return result.transfer?.state ?? result.outcome
}
