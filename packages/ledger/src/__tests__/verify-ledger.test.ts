import { createHash, createSecretKey } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { EntityManager } from 'typeorm'
import { ChainKey } from '../chain-key.js'
import { Ledger, type LedgerBreak, type LedgerVerification, type VerifyOptions } from '../index.js'
import { sealed } from '../transfer-codec.js'
import { readEntries } from '../typeorm/entry-store.js'
import { readTransfer } from '../typeorm/transfer-store.js'
import { readTransfersWithEntries } from '../typeorm/verify-store.js'
import {
  CHAIN_KEY,
  CREDIT,
  emptyLedger,
  leg,
  openLedger,
  operations,
  OUTSIDE,
  UNIT,
  type OpenLedger,
} from './open-ledger.js'
import { writeSomeBooks } from './some-books.js'

describeOnEachDatabase('verifying', (fresh) => {
  let opened: OpenLedger

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    await writeSomeBooks(opened)
  })

  afterAll(() => opened.database.close())

  const verify = (options?: VerifyOptions) => opened.ledger.verify(opened.database, options)
  const tamper = <T>(work: (manager: EntityManager) => Promise<T>) =>
    opened.database.write(work, { acrossTenants: true })
  const runSql = (...statements: string[]) =>
    tamper(async (manager) => {
      for (const statement of statements) await manager.query(statement)
    })
  const expectBreak = async (expected: LedgerBreak) => {
    expect(await verify()).toEqual({ valid: false, checked: expect.any(Number), firstBreak: expected })
    // Another tenant's books are still right.
    expect(await verify({ tenantId: 't2' })).toEqual({ valid: true, checked: 11 })
  }
  const entry = (seq: number) => `"studio_ledger_entry" WHERE "tenantId" = 't1' AND "seq" = ${seq}`
  const setEntry = (seq: number, change: string) =>
    runSql(`UPDATE "studio_ledger_entry" SET ${change} WHERE "tenantId" = 't1' AND "seq" = ${seq}`)
  const ofTransfer = (transferId: string) => `WHERE "tenantId" = 't1' AND "transferId" = '${transferId}'`
  const setTransfer = (transferId: string, change: string) =>
    runSql(`UPDATE "studio_ledger_transfer" SET ${change} ${ofTransfer(transferId)}`)

  it('reads each transfer once, page by page', async () => {
    const ids = await tamper((manager) =>
      manager.query<{ transferId: string }[]>(
        `SELECT "transferId" FROM "studio_ledger_transfer" WHERE "tenantId" = 't1' ORDER BY "transferId"`,
      ),
    )
    const found: { transferId: string }[] = []
    for (let after = ''; found.length < ids.length; after = found.at(-1)?.transferId ?? '') {
      const page = { tenantId: 't1', after, limit: 1 }
      const rows = await opened.database.read((manager) => readTransfersWithEntries(manager, page), {
        acrossTenants: true,
      })
      found.push(...rows.map(({ transferId }) => ({ transferId })))
      if (rows.length === 0) break
    }
    expect(ids.length).toBeGreaterThan(1)
    expect(found).toEqual(ids)
  })

  it('finds nothing in books that nobody touched, and says how far it is', async () => {
    const progress: unknown[] = []
    expect(await verify({ onProgress: (step) => progress.push(step) })).toEqual({ valid: true, checked: 22 })
    expect(progress).toEqual([
      { tenantId: 't1', checked: 11 },
      { tenantId: 't2', checked: 22 },
    ])
    expect(await verify({ tenantId: 'unknown' })).toEqual({ valid: true, checked: 0 })
  })

  it.each([
    [`"transferId" = 'h2'`],
    [`"legIndex" = 1`],
    [`"kind" = 'return'`],
    [`"fromCode" = 'suspense'`],
    [`"toCode" = 'revenuf'`],
    [`"asset" = 'unit:did.creatf'`],
    [`"amount" = 5`],
    [`"fromBalance" = 27`],
    [`"toBalance" = 5`],
    [`"createdAt" = '2026-01-01T00:00:00.001Z'`],
    [`"previousHash" = 'g' || SUBSTR("previousHash", 2)`],
    [`"hash" = 'g' || SUBSTR("hash", 2)`],
  ])('names an entry in which %s was written', async (change) => {
    await setEntry(4, change)
    const transferId = change.includes('transferId') ? 'h2' : 'h1'
    await expectBreak({ tenantId: 't1', seq: 4, transferId, reason: 'entry_changed' })
  })

  it.each([`"seq" = 40`, `"seq" = -4`, `"seq" = 9223372036854775807`, `"tenantId" = 'elsewhere'`])(
    'names the place of an entry that was moved away with %s',
    async (change) => {
      await setEntry(4, change)
      const place = change.includes('-4') ? 1 : 4
      const { firstBreak } = await verify({ tenantId: 't1' })
      expect(firstBreak).toEqual({ tenantId: 't1', seq: place, reason: 'entry_missing' })
      expect((await verify()).valid).toBe(false)
    },
  )

  it('names entries that changed places', async () => {
    await setEntry(9, `"seq" = 99`)
    await setEntry(7, `"seq" = 9`)
    await setEntry(99, `"seq" = 7`)
    await expectBreak({ tenantId: 't1', seq: 7, transferId: 'h3', reason: 'entry_changed' })
  })

  it('names the place of an entry that was removed', async () => {
    await runSql(`DELETE FROM ${entry(5)}`)
    await expectBreak({ tenantId: 't1', seq: 5, reason: 'entry_missing' })
  })

  it('names the place of an entry that was removed and the others moved up', async () => {
    await runSql(`DELETE FROM ${entry(5)}`)
    for (let seq = 6; seq <= 11; seq += 1) await setEntry(seq, `"seq" = ${seq - 1}`)
    await expectBreak({ tenantId: 't1', seq: 5, transferId: 'h1', reason: 'entry_changed' })
  })

  it('names the place of the last entry, if that was removed', async () => {
    await runSql(`DELETE FROM ${entry(11)}`)
    await expectBreak({ tenantId: 't1', seq: 11, reason: 'head_wrong' })
  })

  const cutTail = () =>
    runSql(
      `UPDATE "studio_ledger_chain" SET "seq" = 10, "hash" = (SELECT "hash" FROM ${entry(10)}) WHERE "tenantId" = 't1'`,
      `DELETE FROM ${entry(11)}`,
    )

  it('names the transfer whose entries were removed from the end, with the head put back', async () => {
    await cutTail()
    await expectBreak({ tenantId: 't1', transferId: 'h4', reason: 'entries_missing' })
  })

  it('names the account that is left over when the transfer was removed as well', async () => {
    await cutTail()
    await runSql(`DELETE FROM "studio_ledger_transfer" ${ofTransfer('h4')}`)
    const { firstBreak } = await verify()
    expect(firstBreak).toMatchObject({ tenantId: 't1', asset: UNIT, reason: 'cached_balance_wrong' })
  })

  const AFTER_TENTH = { tenantId: 't1', afterSeq: 10, beforeSeq: 12, first: 'oldest' as const, limit: 1 }
  /** The row after the last, as one would make it who has no key. */
  const addPlainRow = () =>
    tamper(async (manager): Promise<string> => {
      const [last] = await readEntries(manager, AFTER_TENTH)
      const { hash: previousHash, ...before } = last!
      const row = { ...before, seq: '12', transferId: 'h2', previousHash }
      const hash = createHash('sha256').update(JSON.stringify(row)).digest('hex')
      const names = Object.keys(row).map((name) => `"${name}"`)
      const values = Object.values<string | number>(row).map((value) => literal(String(value)))
      await manager.query(
        `INSERT INTO "studio_ledger_entry" (${names.join(', ')}, "hash") VALUES (${values.join(', ')}, '${hash}')`,
      )
      return hash
    })

  it('names a row that was added at the end with a plain hash', async () => {
    await addPlainRow()
    await expectBreak({ tenantId: 't1', seq: 12, reason: 'head_wrong' })
  })

  it('names it also where the head was made to fit', async () => {
    const hash = await addPlainRow()
    await runSql(`UPDATE "studio_ledger_chain" SET "seq" = 12, "hash" = '${hash}' WHERE "tenantId" = 't1'`)
    await expectBreak({ tenantId: 't1', seq: 12, transferId: 'h2', reason: 'entry_changed' })
  })

  it('names an entry that was chained with another key', async () => {
    const other = new Ledger({ chainKey: createSecretKey(Buffer.alloc(32, 8)), clock: opened.clock })
    expect(await other.verify(opened.database, { tenantId: 't1' })).toEqual({
      valid: false,
      checked: 0,
      firstBreak: { tenantId: 't1', seq: 1, transferId: 'fund', reason: 'entry_changed' },
    })
  })

  it.each([
    ['h1', `"kind" = 'post'`, 2],
    ['h1', `"state" = 'voided'`, 2],
    ['h1', `"settledAmounts" = '["5","20"]'`, 2],
    ['h1', `"settledAmounts" = NULL`, 2],
    ['h1', `"metadata" = '{"of":"h9"}'`, 2],
    ['h1', `"digest" = 'x'`, 2],
    ['h1', `"createdAt" = '2026-01-01T00:00:00.001Z'`, 2],
    ['h1', `"endedAt" = NULL`, 2],
    ['h1', `"startSeq" = 7`, 2],
    ['h1', `"endSeq" = 8`, 2],
    ['h1', `"seal" = 'x'`, 2],
    ['h2', `"state" = 'expired'`, 7],
    ['h2', `"state" = 'pending'`, 7],
    ['h3', `"state" = 'voided'`, 9],
    ['h4', `"state" = 'voided'`, 11],
    ['h4', `"state" = 'settled'`, 11],
    ['h4', `"expiresAt" = NULL`, 11],
    ['h4', `"legs" = REPLACE("legs", 'revenue', 'suspense')`, 11],
    ['h4', `"legs" = 'none'`, 11],
  ])('names the transfer %s in which %s was written', async (transferId, change, seq) => {
    await setTransfer(transferId, change)
    await expectBreak({ tenantId: 't1', seq, transferId, reason: 'transfer_changed' })
  })

  it('names a transfer that was removed, or given to another tenant', async () => {
    await setTransfer('h2', `"tenantId" = 'elsewhere'`)
    const { firstBreak } = await verify({ tenantId: 't1' })
    expect(firstBreak).toEqual({ tenantId: 't1', seq: 7, transferId: 'h2', reason: 'entry_without_transfer' })
    expect(await verify({ tenantId: 'elsewhere' })).toMatchObject({ firstBreak: { reason: 'transfer_changed' } })
    await runSql(`DELETE FROM "studio_ledger_transfer" WHERE "tenantId" = 'elsewhere'`)
    await expectBreak({ tenantId: 't1', seq: 7, transferId: 'h2', reason: 'entry_without_transfer' })
  })

  it('names a transfer that was put back to what it was before it ended', async () => {
    const reference = { tenantId: 't1', transferId: 'h4' }
    const pending = await opened.database.read((manager) => readTransfer(manager, reference), { acrossTenants: true })
    await operations(opened).settle('t1', 'h4')
    const before = `"state" = 'pending', "settledAmounts" = NULL, "endedAt" = NULL, "endSeq" = NULL`
    await setTransfer('h4', `${before}, "seal" = '${pending?.seal}'`)
    await expectBreak({ tenantId: 't1', seq: 12, transferId: 'h4', reason: 'entry_not_of_transfer' })
  })

  it('names a transfer that no entry belongs to', async () => {
    await tamper(async (manager) => {
      const row = await readTransfer(manager, { tenantId: 't1', transferId: 'h4' })
      const names = Object.keys(row!)
        .map((name) => `"${name}"`)
        .join(', ')
      const values = Object.entries<string | null>({ ...row! }).map(([name, value]) =>
        name === 'transferId' ? `'h5'` : literal(value),
      )
      await manager.query(`INSERT INTO "studio_ledger_transfer" (${names}) VALUES (${values.join(', ')})`)
    })
    await expectBreak({ tenantId: 't1', transferId: 'h5', reason: 'transfer_changed' })
  })

  it('names what is held and belongs to no pending transfer, even if it was sealed with the key', async () => {
    await tamper(async (manager) => {
      const row = await readTransfer(manager, { tenantId: 't1', transferId: 'h4' })
      const { seal } = sealed(new ChainKey(CHAIN_KEY), { ...row!, state: 'voided', endSeq: '11' })
      await manager.query(
        `UPDATE "studio_ledger_transfer" SET "state" = 'voided', "endSeq" = 11, "seal" = '${seal}' ${ofTransfer('h4')}`,
      )
    })
    await expectBreak({ tenantId: 't1', code: 'held', asset: UNIT, reason: 'held_not_pending' })
  })

  it.each(['held', CREDIT, 'revenue', OUTSIDE])('names the account %s if its balance was changed', async (code) => {
    await runSql(
      `UPDATE "studio_ledger_account" SET "balance" = "balance" + 1 WHERE "tenantId" = 't1' AND "code" = '${code}'`,
    )
    await expectBreak({ tenantId: 't1', code, asset: UNIT, reason: 'cached_balance_wrong' })
  })

  it('names an account that was removed, or made up', async () => {
    await runSql(`DELETE FROM "studio_ledger_account" WHERE "tenantId" = 't1' AND "code" = 'revenue'`)
    await expectBreak({ tenantId: 't1', code: 'revenue', asset: UNIT, reason: 'cached_balance_wrong' })
    await runSql(
      `INSERT INTO "studio_ledger_account" ("tenantId", "code", "asset", "balance") VALUES ('t1', 'revenue', '${UNIT}', 24)`,
      `INSERT INTO "studio_ledger_account" ("tenantId", "code", "asset", "balance") VALUES ('t1', 'grant:9', '${UNIT}', 1)`,
    )
    await expectBreak({ tenantId: 't1', code: 'grant:9', asset: UNIT, reason: 'cached_balance_wrong' })
  })

  it('names a head that was changed, or removed', async () => {
    await runSql(`UPDATE "studio_ledger_chain" SET "hash" = 'x' WHERE "tenantId" = 't1'`)
    await expectBreak({ tenantId: 't1', seq: 12, reason: 'head_wrong' })
    await runSql(`DELETE FROM "studio_ledger_chain" WHERE "tenantId" = 't1'`)
    await expectBreak({ tenantId: 't1', reason: 'head_missing' })
  })

  it('reads page by page, over many pages', async () => {
    const run = operations(opened)
    await opened.database.write(
      async (manager) => {
        for (let index = 0; index < 13; index += 1) {
          const legs = Array.from({ length: 100 }, () => leg(OUTSIDE, CREDIT, 1n))
          await opened.ledger.post(manager, { tenantId: 't3', transferId: `p${index}`, legs })
        }
      },
      { acrossTenants: true },
    )
    const pages: number[] = []
    const onProgress = ({ checked }: { checked: number }) => pages.push(checked)
    expect(await verify({ tenantId: 't3', onProgress })).toEqual({ valid: true, checked: 1300 })
    expect(pages).toEqual([500, 1000, 1300])
    expect(await run.balance('t3', CREDIT)).toBe(1300n)
    await runSql(`UPDATE "studio_ledger_entry" SET "amount" = 2 WHERE "tenantId" = 't3' AND "seq" = 1234`)
    expect(await verify({ tenantId: 't3' })).toMatchObject({ firstBreak: { seq: 1234, reason: 'entry_changed' } })
  })

  it('is not misled by those who write meanwhile', async () => {
    const run = operations(opened)
    let writing = true
    const writer = (async () => {
      for (let index = 0; writing; index += 1) {
        await run.hold({ tenantId: 't1', transferId: `w${index}`, legs: [leg(CREDIT, 'revenue', 1n)] })
        await (index % 2 === 0 ? run.void('t1', `w${index}`) : run.settle('t1', `w${index}`, [0n]))
      }
    })()
    const results: LedgerVerification[] = []
    for (let round = 0; round < 30; round += 1) results.push(await verify())
    writing = false
    await writer
    expect(results.map((result) => result.firstBreak).filter((found) => found !== undefined)).toEqual([])
    expect(results.at(-1)?.checked).toBeGreaterThan(results[0]!.checked)
  })

  it('works in a write as well, on what that write has done', async () => {
    const write = opened.database.write(
      async (manager) => {
        await opened.ledger.settle(manager, { tenantId: 't1', transferId: 'h4' })
        return opened.ledger.verify(manager, { tenantId: 't1' })
      },
      { acrossTenants: true },
    )
    expect(await write).toEqual({ valid: true, checked: 12 })
  })
})

function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value}'`
}
