import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it, jest } from '@jest/globals'
import type { Account, AccountPage, AccountStatement } from '@veramo-studio/account-manager'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { freshEnvironment } from './agents/environment.js'
import { Operator, recordOf, rowsOf } from './agents/operator-commands.js'

/** A test runs several commands, one after another. */
jest.setTimeout(120_000)

describeOnEachDatabase('the commands on accounts and books', (fresh) => {
  const directory = temporaryDirectory()
  let operator: Operator

  beforeAll(async () => {
    operator = new Operator(await freshEnvironment(await fresh()))
    await operator.lines('init')
  })

  const credit = (customerId: string, amount: string, reason = 'welcome') => [
    ...['accounts', 'credit', customerId, '--network', 'mainnet'],
    ...['--amount', amount, '--reason', reason, '--key', reason],
  ]

  it('change a customer, and find it', async () => {
    const { customerId: ada } = await operator.json<Account>('accounts', 'create', '--name', 'Ada')
    const update = ['accounts', 'update', ada]
    const changed = recordOf(await operator.lines(...update, '--name', 'Ada L.', '--email', 'ada.l@x.example'))
    expect(changed).toMatchObject({ customer: ada, name: 'Ada L.', 'e-mail': 'ada.l@x.example' })
    const found = await operator.json<AccountPage>(
      ...['accounts', 'list', '--email', 'ADA.L@x.example', '--name', 'ada l', '--status', 'active'],
    )
    expect(found.items.map((account) => account.customerId)).toEqual([ada])
    expect(recordOf(await operator.lines(...update, '--no-email'))).toMatchObject({ name: 'Ada L.', 'e-mail': '-' })
    expect(await operator.refusal(...update)).toMatch(/^invalid_argument: /)
  })

  it('correct, refund and close, once each', async () => {
    const { customerId: bob } = await operator.json<Account>('accounts', 'create', '--name', 'Bob')
    const { token } = await operator.json<ApiKeyManagerCreateResult>(
      ...['keys', 'create', '--customer', bob, '--name', 'default'],
    )
    await operator.json(...credit(bob, '9'))
    expect(await operator.refusal('accounts', 'close', bob)).toMatch(
      /^account_not_empty: .*9 ncheq of credit on mainnet/,
    )
    const correct = ['accounts', 'correct', bob, '--network', 'mainnet', '--reason', 'twice', '--key', 'k']
    const taken = recordOf(await operator.lines(...correct, '--amount', '9', '--direction', 'out'))
    expect(taken).toMatchObject({ type: 'correction, out', source: 'credit', ncheq: '9', CHEQ: '0.000000009' })
    const more = await operator.run(...correct.with(-1, 'k2'), '--amount', '1', '--direction', 'out')
    expect(more).toMatchObject({ code: 1, stderr: 'credit_insufficient: the customer has 0 ncheq of credit\n' })
    const refund = ['accounts', 'refund', bob, String(taken['transaction']), '--reason', 'r', '--key', 'k']
    expect(await operator.refusal(...refund)).toMatch(/^invalid_argument: transactionId is that of a correction/)
    expect(recordOf(await operator.lines('accounts', 'close', bob, '--reason', 'left'))).toMatchObject({
      ...{ customer: bob, status: 'closed' },
    })
    const keys = rowsOf(await operator.lines('keys', 'list', '--customer', bob))
    expect(keys.map(([, , , status]) => status)).toEqual(['revoked'])
    expect(keys).toHaveLength(1)
    expect(token).toMatch(/^vs_live_/)
  })

  it('show a statement, as a table, as JSON and as CSV', async () => {
    const { customerId: eve } = await operator.json<Account>('accounts', 'create', '--name', 'Eve')
    for (let index = 1; index <= 3; index += 1) {
      await operator.json(...credit(eve, `${index}000000000`, `=gift ${index}`))
    }
    const statement = ['accounts', 'statement', eve, '--network', 'mainnet']
    const lines = await operator.lines(...statement)
    expect(recordOf(lines.slice(0, 4))).toEqual({
      ...{ from: 'the beginning', until: 'now', 'opening (CHEQ)': '0.000000000', 'closing (CHEQ)': '6.000000000' },
    })
    expect(rowsOf(lines.slice(5)).map((row) => row.slice(1))).toEqual([
      ['credit', 'credit', '1.000000000', '1.000000000', '=gift 1'],
      ['credit', 'credit', '2.000000000', '3.000000000', '=gift 2'],
      ['credit', 'credit', '3.000000000', '6.000000000', '=gift 3'],
    ])
    const asJson = await operator.json<AccountStatement>(...statement, '--to', '2000-01-01')
    expect(asJson).toMatchObject({ to: '2000-01-01T00:00:00.000Z', movements: [], closingBalance: { amount: '0' } })
    const { code, stdout } = await operator.run(...statement, '--csv')
    expect(code).toBe(0)
    const rows = stdout.split('\r\n')
    expect(rows[0]).toMatch(/^createdAt,transactionId,type,/)
    expect(rows.map((row) => row.split(',')[2])).toEqual([
      'type',
      'opening',
      'credit',
      'credit',
      'credit',
      'closing',
      undefined,
    ])
    expect(rows[2]).toContain(",'=gift 1,")
  })

  it('export heads, and find by them that the end of the books was cut off', async () => {
    const { customerId: mallory } = await operator.json<Account>('accounts', 'create', '--name', 'Mallory')
    await operator.json(...credit(mallory, '3'))
    const file = join(directory, `${mallory}.jsonl`)
    const printed = await operator.run('books', 'export-heads')
    expect(printed).toMatchObject({ code: 0, stderr: '' })
    const heads = printed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { tenantId: string })
    expect(heads.find(({ tenantId }) => tenantId === mallory)).toMatchObject({ seq: 1 })
    expect(await operator.run('books', 'export-heads', '--out', file)).toMatchObject({ code: 0, stdout: '' })
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout)
    expect(await operator.refusal('books', 'export-heads', '--out', file)).toMatch(/^invalid_argument: .*EEXIST/)
    const verify = ['books', 'verify', '--customer', mallory]
    expect(await operator.lines(...verify, '--heads', file)).toEqual(['the books are whole; entries checked: 1'])

    const database = await openDatabase({
      ...{ url: String(operator.environment['DATABASE_URL']), entities: [], migrations: [], migrate: false },
    })
    await database.write(
      async (manager) => {
        for (const table of ['entry', 'transfer', 'account', 'chain']) {
          await manager.query(`DELETE FROM "studio_ledger_${table}" WHERE "tenantId" = '${mallory}'`)
        }
      },
      { acrossTenants: true },
    )
    await database.close()
    const found = await operator.run(...verify, '--heads', file)
    expect(found).toMatchObject({ code: 1, stderr: `books_broken: customer ${mallory}, entry 1: known_head_missing\n` })
    expect(await operator.refusal(...verify, '--heads', join(directory, 'none'))).toMatch(/^invalid_argument: .*ENOENT/)
    writeFileSync(file, 'no head\n')
    expect(await operator.refusal(...verify, '--heads', file)).toMatch(/^invalid_argument: /)
  })
})
