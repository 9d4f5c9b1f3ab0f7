import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import type { LedgerHead, LedgerVerification } from '../index.js'
import { openLedger, type OpenLedger } from './open-ledger.js'
import { writeSomeBooks } from './some-books.js'

type Row = Record<string, string | number | null>

/** The columns by which a row is found; of numbers and texts alike, also where the driver gives them as others. */
const KEYS = { entry: ['seq'], transfer: ['transferId'], account: ['code', 'asset'], chain: [] } as const
type TableName = keyof typeof KEYS
const NUMBERS = ['seq', 'legIndex', 'amount', 'fromBalance', 'toBalance', 'startSeq', 'endSeq', 'balance']

class Undone extends Error {}

describeOnEachDatabase('whoever changes the books of t1', (fresh) => {
  let opened: OpenLedger
  let heads: LedgerHead[]

  beforeAll(async () => {
    opened = await openLedger(await fresh())
    await writeSomeBooks(opened)
    heads = await opened.database.read((manager) => opened.ledger.heads(manager, { limit: 10 }), {
      acrossTenants: true,
    })
  })

  afterAll(() => opened.database.close())

  /** What verifying finds once this was done to the books, which are as before afterwards. */
  const verifiedAfter = async (...statements: string[]): Promise<LedgerVerification> => {
    let found: LedgerVerification | undefined
    const write = opened.database.write(
      async (manager) => {
        for (const statement of statements) await manager.query(statement)
        found = await opened.ledger.verify(manager, { knownHeads: heads })
        throw new Undone()
      },
      { acrossTenants: true },
    )
    await expect(write).rejects.toThrow(Undone)
    return found!
  }
  const rowsOf = (table: TableName): Promise<Row[]> =>
    opened.database.read(
      (manager: EntityManager) =>
        manager.query<Row[]>(`SELECT * FROM "studio_ledger_${table}" WHERE "tenantId" = 't1'`),
      { acrossTenants: true },
    )
  const at = (table: TableName, row: Row) => {
    const conditions = KEYS[table].map((name) => ` AND "${name}" = '${row[name]}'`)
    return `WHERE "tenantId" = 't1'${conditions.join('')}`
  }
  const where = (table: TableName, row: Row) => `"studio_ledger_${table}" ${at(table, row)}`

  /** The row itself is named; or, where its place or its name is not what it was, at least the tenant and a reason. */
  const expectNamed = (found: LedgerVerification, table: TableName, row: Row) => {
    expect(found).toMatchObject({ valid: false, firstBreak: { tenantId: 't1', reason: expect.any(String) } })
    if (table === 'entry') expect(found.firstBreak).toMatchObject({ seq: Number(row['seq']) })
    if (table === 'transfer') expect(found.firstBreak).toMatchObject({ transferId: row['transferId'] })
    if (table === 'account') expect(found.firstBreak).toMatchObject({ code: row['code'], asset: row['asset'] })
    if (table === 'chain') expect(found.firstBreak).toMatchObject({ reason: 'head_wrong', seq: 12 })
  }

  it('finds the books right before', async () => {
    expect(await verifiedAfter()).toEqual({ valid: true, checked: 22 })
  })

  it.each<[TableName, string[]]>([
    ['entry', []],
    ['transfer', []],
    ['account', []],
    ['chain', ['closedAt']],
  ])('in any one byte of any column of any row of %s is found, and the row is named', async (table, unprotected) => {
    let changes = 0
    for (const row of await rowsOf(table)) {
      for (const [column, value] of Object.entries(row)) {
        // A row of another tenant's is a row that is gone, and one too many.
        if (column === 'tenantId' || unprotected.includes(column)) continue
        const found = await verifiedAfter(
          `UPDATE "studio_ledger_${table}" SET "${column}" = ${changed(column, value)} ${at(table, row)}`,
        )
        const isKey = (KEYS[table] as readonly string[]).includes(column)
        if (isKey) expect(found).toMatchObject({ valid: false, firstBreak: { tenantId: 't1' } })
        else expectNamed(found, table, row)
        changes += 1
      }
    }
    expect(changes).toBeGreaterThanOrEqual({ entry: 11 * 13, transfer: 5 * 13, account: 4 * 3, chain: 2 }[table])
  })

  it.each<TableName>(['entry', 'transfer', 'account', 'chain'])(
    'by giving any row of %s to another tenant is found',
    async (table) => {
      for (const row of await rowsOf(table)) {
        for (const tenantId of ['elsewhere', 't0', 't3']) {
          const found = await verifiedAfter(
            `UPDATE "studio_ledger_${table}" SET "tenantId" = '${tenantId}' ${at(table, row)}`,
          )
          expect(found).toMatchObject({ valid: false, firstBreak: { reason: expect.any(String) } })
        }
      }
    },
  )

  it.each<TableName>(['entry', 'transfer', 'account', 'chain'])(
    'by taking away any row of %s is found, and its place is named',
    async (table) => {
      for (const row of await rowsOf(table)) {
        const found = await verifiedAfter(`DELETE FROM ${where(table, row)}`)
        if (table === 'chain') expect(found.firstBreak).toEqual({ tenantId: 't1', reason: 'head_missing' })
        else if (table === 'transfer') {
          const seq = Number(row['startSeq'])
          expect(found.firstBreak).toMatchObject({ tenantId: 't1', seq, reason: 'entry_without_transfer' })
        } else expectNamed(found, table, row)
      }
    },
  )

  it('by letting any two entries change places is found, and the first of them is named', async () => {
    const setSeq = (from: number, to: number) =>
      `UPDATE "studio_ledger_entry" SET "seq" = ${to} WHERE "tenantId" = 't1' AND "seq" = ${from}`
    for (let one = 1; one < 11; one += 1) {
      for (let other = one + 1; other <= 11; other += 1) {
        const found = await verifiedAfter(setSeq(one, 99), setSeq(other, one), setSeq(99, other))
        expect(found.firstBreak).toMatchObject({ tenantId: 't1', seq: one, reason: 'entry_changed' })
      }
    }
  })

  it('by putting back a transfer that has ended, with any of its former rows, is found', async () => {
    for (const [transferId, seq] of [
      ['h1', 2],
      ['h2', 7],
      ['h3', 9],
    ] as const) {
      const found = await verifiedAfter(
        `UPDATE "studio_ledger_transfer" SET "state" = 'pending', "settledAmounts" = NULL, "endedAt" = NULL, "endSeq" = NULL ` +
          `WHERE "tenantId" = 't1' AND "transferId" = '${transferId}'`,
      )
      expect(found.firstBreak).toEqual({ tenantId: 't1', seq, transferId, reason: 'transfer_changed' })
    }
  })
})

/** One byte other than it was, as a literal. */
function changed(column: string, value: string | number | null): string {
  // The neighbour's number is taken.
  if (NUMBERS.includes(column)) return value === null ? '1' : String(BigInt(value) + (column === 'seq' ? 64n : 1n))
  if (value === null || value === '') return `'x'`
  const text = String(value)
  const last = text.at(-1) === '0' ? '1' : '0'
  return `'${text.slice(0, -1)}${last}'`
}
