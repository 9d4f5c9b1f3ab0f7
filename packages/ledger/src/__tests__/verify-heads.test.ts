import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import type { LedgerHead } from '../index.js'
import { CREDIT, emptyLedger, openLedger, operations, type OpenLedger } from './open-ledger.js'
import { writeSomeBooks } from './some-books.js'

describeOnEachDatabase('an exported head', (fresh) => {
  const directory = temporaryDirectory()
  let opened: OpenLedger

  beforeAll(async () => {
    opened = await openLedger(await fresh())
  })

  beforeEach(async () => {
    await emptyLedger(opened)
    await writeSomeBooks(opened)
  })

  afterAll(() => opened.database.close())

  const heads = () =>
    opened.database.read((manager) => opened.ledger.heads(manager, { limit: 10 }), { acrossTenants: true })
  const lines = async () => {
    const found: string[] = []
    for await (const line of opened.ledger.exportHeads(opened.database)) found.push(line)
    return found
  }
  const verify = (knownHeads: Iterable<LedgerHead | string>, tenantId?: string) =>
    opened.ledger.verify(opened.database, { knownHeads, ...(tenantId && { tenantId }) })
  const runSql = (...statements: string[]) =>
    opened.database.write(
      async (manager) => {
        for (const statement of statements) await manager.query(statement)
      },
      { acrossTenants: true },
    )
  const LAST = `"studio_ledger_entry" WHERE "tenantId" = 't1' AND "seq" = 11`
  /** Takes the last transfer away with all that belongs to it, as one does who has no key and knows the tables well. */
  const cutTail = () =>
    runSql(
      `UPDATE "studio_ledger_chain" SET "seq" = 10, "hash" = (SELECT "previousHash" FROM ${LAST}) WHERE "tenantId" = 't1'`,
      `DELETE FROM ${LAST}`,
      `DELETE FROM "studio_ledger_transfer" WHERE "tenantId" = 't1' AND "transferId" = 'h4'`,
      `UPDATE "studio_ledger_account" SET "balance" = "balance" - 7 WHERE "tenantId" = 't1' AND "code" = 'held'`,
      `UPDATE "studio_ledger_account" SET "balance" = "balance" + 7 WHERE "tenantId" = 't1' AND "code" = '${CREDIT}'`,
    )
  const missing = (seq: number, tenantId = 't1') => ({ tenantId, seq, reason: 'known_head_missing' })

  it('is needed to find that all of the end was taken away, and names it then', async () => {
    const known = await heads()
    expect(await verify(known)).toEqual({ valid: true, checked: 22 })
    await cutTail()
    expect(await verify([])).toEqual({ valid: true, checked: 21 })
    expect(await verify(known)).toEqual({ valid: false, checked: 21, firstBreak: missing(11) })
  })

  it('finds a tenant that is gone', async () => {
    const known = await heads()
    for (const table of ['chain', 'account', 'entry', 'transfer']) {
      await runSql(`DELETE FROM "studio_ledger_${table}" WHERE "tenantId" = 't1'`)
    }
    expect(await verify([])).toMatchObject({ valid: true })
    expect(await verify(known)).toEqual({ valid: false, checked: 11, firstBreak: missing(11) })
  })

  it('is a line of JSON that is accepted back, however it is read', async () => {
    const exported = await lines()
    expect(exported.map((line) => JSON.parse(line) as LedgerHead)).toEqual(await heads())
    expect(exported.every((line) => line.endsWith('}\n'))).toBe(true)
    expect(await verify(exported)).toEqual({ valid: true, checked: 22 })
    expect(await verify(exported.join('').split('\n'))).toEqual({ valid: true, checked: 22 })

    const file = `${directory}/heads.jsonl`
    await pipeline(opened.ledger.exportHeads(opened.database), createWriteStream(file))
    await cutTail()
    const stored = await open(file)
    const knownHeads = stored.readLines()
    expect(await opened.ledger.verify(opened.database, { knownHeads })).toMatchObject({ firstBreak: missing(11) })
  })

  it('is right also after the books went on, and inside a write', async () => {
    const exported = await lines()
    await operations(opened).settle('t1', 'h4')
    expect(await verify(exported)).toEqual({ valid: true, checked: 23 })
    const inside = await opened.database.write(
      async (manager) => {
        const found: string[] = []
        for await (const line of opened.ledger.exportHeads(manager)) found.push(line)
        return found
      },
      { acrossTenants: true },
    )
    expect(inside).toEqual(await lines())
  })

  it('is asked of its own tenant alone, where one is verified', async () => {
    const [first, second] = await heads()
    const forged = { ...second!, hash: 'f'.repeat(64) }
    expect(await verify([first!, forged], 't1')).toEqual({ valid: true, checked: 11 })
    expect(await verify([first!, forged], 't2')).toEqual({
      valid: false,
      checked: 11,
      firstBreak: missing(11, 't2'),
    })
    expect(await verify([forged])).toMatchObject({ valid: false })
    expect(await verify([{ ...first!, seq: 12 }])).toMatchObject({ firstBreak: missing(12) })
  })

  it('of a tenant without entries says nothing', async () => {
    expect(await verify([{ tenantId: 't9', seq: 0, hash: '' }])).toEqual({ valid: true, checked: 22 })
  })

  it.each([
    '{',
    '[]',
    'null',
    '{"tenantId":"t1"}',
    '{"tenantId":"t1","seq":"1","hash":"x"}',
    '{"tenantId":1,"seq":1,"hash":""}',
  ])('is refused where its line is %s', async (line) => {
    await expect(verify([line])).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })

  it('is exported of more tenants than fit a page', async () => {
    await opened.database.write(
      async (manager) => {
        for (let index = 0; index < 1001; index += 1) {
          const tenantId = `many${String(index).padStart(4, '0')}`
          const sql = `INSERT INTO "studio_ledger_chain" ("tenantId", "seq", "hash") VALUES ('${tenantId}', 0, '')`
          await manager.query(sql)
        }
      },
      { acrossTenants: true },
    )
    const tenants = (await lines()).map((line) => (JSON.parse(line) as LedgerHead).tenantId)
    expect(tenants).toHaveLength(1003)
    expect(new Set(tenants).size).toBe(1003)
    expect(tenants).toEqual([...tenants].sort())
  })
})
