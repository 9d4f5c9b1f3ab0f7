import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { Account, AccountBalances, AccountPage, Transaction } from '@veramo-studio/account-manager'
import type { ApiKeyManagerCreateResult, ApiKeyPage } from '@veramo-studio/api-key-manager'
import type { BillingPlanList, BillingUsage } from '@veramo-studio/billing-manager'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { AGENT_FILE, freshEnvironment } from './agents/environment.js'
import { Operator, recordOf, rowsOf } from './agents/operator-commands.js'
import { ServiceProcess } from './agents/service-process.js'

const TOKEN = /vs_(live|test)_[0-9A-Za-z]+_[0-9A-Za-z]+/g

/** A test runs several commands, one after another. */
jest.setTimeout(120_000)

describeOnEachDatabase('the commands of an operator', (fresh) => {
  let operator: Operator
  let customerId: string

  beforeAll(async () => {
    operator = new Operator(await freshEnvironment(await fresh()))
    await operator.lines('init')
    const account = await operator.json<Account>('accounts', 'create', '--name', 'Acme', '--plan', 'build')
    customerId = account.customerId
  })

  const credit = (key: string, amount: string, reason = 'welcome') => [
    ...['accounts', 'credit', customerId, '--network', 'mainnet'],
    ...['--amount', amount, '--reason', reason, '--key', key],
  ]

  it('make customers, list them and show each', async () => {
    const made = recordOf(
      await operator.lines('accounts', 'create', '--name', 'Ada & Söhne', '--email', 'ada@x.example'),
    )
    expect(made).toMatchObject({ name: 'Ada & Söhne', 'e-mail': 'ada@x.example', plan: 'trial', status: 'active' })
    const listed = rowsOf(await operator.lines('accounts', 'list'))
    expect(listed.map((row) => row.slice(0, 4))).toEqual([
      [customerId, 'Acme', '-', 'build'],
      [made['customer'], 'Ada & Söhne', 'ada@x.example', 'trial'],
    ])
    const shown = await operator.lines('accounts', 'show', String(made['customer']))
    expect(recordOf(shown.slice(0, 8))).toEqual(made)
    expect(rowsOf(shown.slice(9))).toEqual(
      ['mainnet credit', 'mainnet deposit', 'testnet credit', 'testnet deposit'].map((name) => [
        ...name.split(' '),
        ...['0', '0.000000000', '0', '0.000000000'],
      ]),
    )
  })

  it('give money once for a key, and show it exactly', async () => {
    const amount = String(2n ** 53n + 1n)
    const first = recordOf(await operator.lines(...credit('k1', amount)))
    expect(first).toMatchObject({ ncheq: '9007199254740993', CHEQ: '9007199.254740993', reason: 'welcome' })
    const again = await operator.json<Transaction>(...credit('k1', amount))
    expect(again).toMatchObject({ transactionId: first['transaction'], type: 'credit', amount: { amount } })
    expect(await operator.refusal(...credit('k1', '5'))).toMatch(/^conflict: /)
    const shown = await operator.json<Account & AccountBalances>('accounts', 'show', customerId)
    expect(shown).toMatchObject({ customerId, name: 'Acme' })
    expect(shown.balances[0]).toMatchObject({ network: 'mainnet', source: 'credit', available: { amount } })
    expect((await operator.lines('accounts', 'show', customerId))[10]).toContain('9007199.254740993')
  })

  it('print the key of a credit that was given without one, also where that fails', async () => {
    const args = ['accounts', 'credit', customerId, '--network', 'testnet', '--reason', 'r', '--amount']
    const given = await operator.lines(...args, '7')
    const [, key = ''] = /^idempotency key: (\w{24})$/.exec(given[0] ?? '') ?? []
    const again = await operator.run('--json', ...args, '7', '--key', key)
    expect(JSON.parse(again.stdout)).toMatchObject({ transactionId: recordOf(given)['transaction'] })
    const asJson = await operator.run('--json', ...args, '8')
    expect(asJson.stderr).toMatch(/^idempotency key: \w{24}\n$/)
    expect(JSON.parse(asJson.stdout)).toMatchObject({ amount: { amount: '8' } })
    const refused = await operator.run(...args, '1.5')
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/^idempotency key: \w{24}\n$/) })
    expect(refused.stderr).toMatch(/^invalid_argument: amount\.amount [^\n]+\n$/)
  })

  it('make keys, list and revoke them, and show a token once', async () => {
    const create = ['keys', 'create', '--customer', customerId, '--name']
    const options = ['--permissions', 'didManager*, resolveDid', '--environment', 'test']
    const made = await operator.run(...create, 'ci', ...options, '--expires-at', '2099-01-01T00:00:00Z')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout.match(TOKEN)).toHaveLength(1)
    const { key: keyId = '', ...shown } = recordOf(made.stdout.split('\n'))
    expect(shown).toEqual({
      ...{ customer: customerId, name: 'ci', environment: 'test', status: 'active' },
      ...{ permissions: 'didManager*,resolveDid', expires: '2099-01-01T00:00:00.000Z' },
    })
    const other = await operator.json<ApiKeyManagerCreateResult>(...create, 'other')
    expect(other.token).toContain(other.apiKey.keyId)

    const listed = await operator.lines('keys', 'list', '--customer', customerId)
    expect(rowsOf(listed).map((row) => row.slice(0, 4))).toEqual([
      [keyId, 'ci', 'test', 'active'],
      [other.apiKey.keyId, 'other', 'live', 'active'],
    ])
    const revoked = recordOf(await operator.lines('keys', 'revoke', keyId, '--reason', 'lost'))
    expect(revoked).toMatchObject({ key: keyId, status: 'revoked' })
    expect(await operator.refusal('keys', 'revoke', keyId)).toMatch(/^api_key_revoked: /)
    const left = await operator.run('--json', 'keys', 'list', '--customer', customerId)
    expect((JSON.parse(left.stdout) as ApiKeyPage).items.map(({ status }) => status)).toEqual(['revoked', 'active'])
    expect(`${listed.join('\n')}${left.stdout}`).not.toMatch(TOKEN)
  })

  it('show a key, switch it off and on, rotate it, and tell what it was used for', async () => {
    const create = ['keys', 'create', '--customer', customerId, '--name', 'turning', '--allowed-ips', '::1, 10.0.0.0/8']
    const { apiKey } = await operator.json<ApiKeyManagerCreateResult>(...create)
    const shown = recordOf(await operator.lines('keys', 'show', apiKey.keyId))
    expect(shown).toMatchObject({ key: apiKey.keyId, status: 'active', 'allowed ips': '::1,10.0.0.0/8', network: '-' })
    expect(recordOf(await operator.lines('keys', 'disable', apiKey.keyId))).toMatchObject({ status: 'disabled' })
    const found = ['keys', 'list', '--customer', customerId, '--status', 'disabled', '--name', 'TURN']
    expect(rowsOf(await operator.lines(...found)).map(([keyId]) => keyId)).toEqual([apiKey.keyId])
    expect(recordOf(await operator.lines('keys', 'enable', apiKey.keyId))).toMatchObject({ status: 'active' })
    const rotated = await operator.run('keys', 'rotate', apiKey.keyId, '--overlap', '60')
    expect(rotated).toMatchObject({ code: 0, stderr: '' })
    expect(rotated.stdout.match(TOKEN)).toHaveLength(1)
    expect(await operator.refusal('keys', 'rotate', apiKey.keyId)).toMatch(/^api_key_rotated: /)
    expect(await operator.refusal('keys', 'rotate', apiKey.keyId, '--overlap', 'long')).toMatch(/^invalid_argument: /)
    expect(await operator.lines('keys', 'usage', apiKey.keyId)).toEqual(['FROM  METHOD  OUTCOME  CALLS'])
    const usage = await operator.json<object>('keys', 'usage', apiKey.keyId, '--granularity', 'hour')
    expect(usage).toEqual({ keyId: apiKey.keyId, items: [] })
  })

  it('show plans and what was used', async () => {
    const plans = rowsOf(await operator.lines('plans', 'list'))
    expect(plans).toContainEqual(['trial', '1', '30 days, once', 'did.create', '20', '1000000000', '1.000000000'])
    expect(plans).toContainEqual(['build', '1', 'month', 'credential.issue', '10000', '100000000', '0.100000000'])
    const { items } = await operator.json<BillingPlanList>('plans', 'list')
    expect(items.map(({ plan }) => plan)).toEqual(['trial', 'build'])
    expect(await operator.lines('plans', 'check')).toEqual(['./agent.yml: nothing wrong with the plans trial, build'])

    const usage = await operator.json<BillingUsage>('usage', customerId)
    expect(usage).toMatchObject({ plan: 'build', meters: [{ meter: 'did.create', used: 0, remaining: 1000 }, {}] })
    const shown = await operator.lines('usage', customerId)
    expect(recordOf(shown.slice(0, 3))).toEqual({ plan: 'build', from: usage.period.start, until: usage.period.end })
    const { resetsAt } = usage.meters[0] ?? {}
    expect(rowsOf(shown.slice(4))[0]).toEqual([
      ...['did.create', '0', '0', '1000', '1000', resetsAt, '500000000', '0.500000000'],
    ])
  })

  it('verify the books, and name the first entry that was changed', async () => {
    const { customerId: other } = await operator.json<Account>('accounts', 'create', '--name', 'Other')
    await operator.json(...credit('books', '3'))
    await operator.json(...credit('books', '3').with(2, other))
    const [line] = await operator.lines('books', 'verify')
    expect(line).toMatch(/^the books are whole; entries checked: [1-9]/)

    const url = String(operator.environment['DATABASE_URL'])
    const database = await openDatabase({ url, entities: [], migrations: [], migrate: false })
    await database.write(
      (manager) =>
        manager.query(`UPDATE "studio_ledger_entry" SET "amount" = 4 WHERE "tenantId" = '${other}' AND "seq" = 1`),
      { acrossTenants: true },
    )
    await database.close()
    const found = await operator.run('books', 'verify', '--customer', other)
    expect(found).toMatchObject({ code: 1, stdout: 'the books are broken; entries checked: 0\n' })
    expect(found.stderr).toMatch(new RegExp(`^books_broken: customer ${other}, entry 1, [^\n]*entry_changed\n$`))
    const asJson = await operator.run('--json', 'books', 'verify')
    expect(asJson.code).toBe(1)
    expect(JSON.parse(asJson.stdout)).toMatchObject({ valid: false, firstBreak: { customerId: other, seq: '1' } })
    expect(await operator.lines('books', 'verify', '--customer', customerId)).toHaveLength(1)
  })

  it('fail with one line where something is not there, or not fit', async () => {
    expect(await operator.refusal('accounts', 'show', 'nobody')).toBe('not_found: customer not found')
    expect(await operator.refusal('usage', 'nobody')).toBe('not_found: customer not found')
    expect(await operator.refusal('accounts', 'create', '--name', ' ')).toMatch(/^invalid_argument: name /)
    expect(await operator.refusal('accounts', 'create')).toContain("'--name <name>' not specified")
    expect(await operator.refusal('keys', 'revoke', 'unknown')).toMatch(/^not_found: /)
    expect(await operator.refusal('nothing')).toContain("unknown command 'nothing'")
    expect(await operator.refusal('--config', './none.yml', 'accounts', 'list')).toMatch(
      /^setting_invalid: .*none\.yml/,
    )
  })
})

describeOnEachDatabase('the commands of an operator beside a running server', (fresh) => {
  let service: ServiceProcess
  let operator: Operator

  beforeAll(async () => {
    service = new ServiceProcess(await freshEnvironment(await fresh()))
    await service.start()
    operator = new Operator(service.environment)
  })

  afterAll(() => service.stop())

  const ask = async (token: string, method: string, body: object): Promise<Response> =>
    fetch(`${service.baseUrl}/agent/${method}`, {
      method: 'POST',
      headers: { 'x-api-key': token, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('work at once for the server, and the server for them', async () => {
    const { customerId } = await operator.json<Account>('accounts', 'create', '--name', 'Acme')
    const create = ['keys', 'create', '--customer', customerId, '--name', 'default']
    const { token, apiKey } = await operator.json<ApiKeyManagerCreateResult>(...create)
    const made = await ask(token, 'didManagerCreate', {})
    expect(made.status).toBe(200)
    const usage = await operator.json<BillingUsage>('usage', customerId)
    expect(usage.meters[0]).toMatchObject({ meter: 'did.create', used: 1 })
    await operator.lines('keys', 'revoke', apiKey.keyId)
    expect((await ask(token, 'didManagerFind', {})).status).toBe(401)
  })

  it('list more than a page has, while the server makes more', async () => {
    const create = async (index: number) => {
      const response = await ask(service.operatorToken, 'accountManagerCreate', { name: `customer ${index}` })
      expect(response.status).toBe(200)
    }
    for (let index = 0; index < 101; index += 1) await create(index)
    const further = (async () => {
      for (let index = 101; index < 130; index += 1) await create(index)
    })()
    const { items, ...rest } = await operator.json<AccountPage>('accounts', 'list')
    await further
    expect(rest).toEqual({})
    const names = new Set(items.map(({ name }) => name))
    expect(Array.from({ length: 101 }, (_unused, index) => names.has(`customer ${index}`))).not.toContain(false)
    expect(new Set(items.map(({ customerId }) => customerId)).size).toBe(items.length)
  })
})

describeOnEachDatabase('an agent file', (fresh) => {
  const directory = temporaryDirectory()
  const shipped = readFileSync(AGENT_FILE, 'utf8')
  let operator: Operator

  beforeAll(async () => {
    operator = new Operator(await freshEnvironment(await fresh()))
    await operator.lines('init')
  })

  /** The shipped file with another text in place of one, and the line where that is. */
  const changed = (from: string, to: string): { file: string; line: number } => {
    expect(shipped).toContain(from)
    const file = join(directory, 'agent.yml')
    writeFileSync(file, shipped.replace(from, to))
    return { file, line: shipped.slice(0, shipped.indexOf(from)).split('\n').length }
  }

  const faults = [
    { what: 'a limit', from: 'did.create: 1000,', to: 'did.create: -1000,', pointer: '/plans/1/limits/did.create' },
    {
      what: 'a price',
      from: "{ did.create: '1000000000'",
      to: '{ did.create: 0.5',
      pointer: '/plans/0/prices/did.create',
    },
    {
      what: 'a rule',
      from: 'createVerifiableCredential: { effect: pure',
      to: 'createVerifiableCredential: { effect: none',
      pointer: '/methods/1/createVerifiableCredential/effect',
    },
  ]
  it.each(faults)('with $what that is not fit is refused by its line', async ({ from, to, pointer }) => {
    const { file, line } = changed(from, to)
    for (const command of [['plans', 'check'], ['start']]) {
      const refusal = await operator.refusal('--config', file, ...command)
      expect(refusal).toContain(`plans_invalid: ${file}, line ${line}: ${pointer}: `)
    }
  })

  it('with a method that has no rule is refused by the line of the rules', async () => {
    const { file } = changed('    - verifyPresentation\n', '    - verifyPassport\n')
    const refusal = await operator.refusal('--config', file, 'plans', 'check')
    expect(refusal).toMatch(/^plans_invalid: .*, line \d+: \/methods\/verifyPassport: /)
    const [, line] = /line (\d+)/.exec(refusal) ?? []
    expect(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]).toBe('      methods:')
  })

  it('without a plugin that a command needs is told so', async () => {
    const { file } = changed('        - $ref: /billingManager\n', '')
    expect(await operator.refusal('--config', file, 'plans', 'list')).toBe(
      `setting_invalid: the agent of ${file} has no plugin with the method billingManagerListPlans`,
    )
    expect(await operator.lines('--config', file, 'accounts', 'list')).toHaveLength(1)
  })
})
