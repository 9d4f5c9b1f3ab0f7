import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { Account } from '@veramo-studio/account-manager'
import type { ApiKeyPage } from '@veramo-studio/api-key-manager'
import { describeOnEachDatabase, temporaryDirectory } from '@veramo-studio/test-support'
import { freshEnvironment } from './agents/environment.js'
import { Operator, recordOf } from './agents/operator-commands.js'
import { ServiceProcess } from './agents/service-process.js'

jest.setTimeout(120_000)

const PREFIX = 'acme_live_'
const newToken = () => `${PREFIX}${randomBytes(20).toString('hex')}`
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describeOnEachDatabase('the command that imports keys', (fresh) => {
  const directory = temporaryDirectory()
  let operator: Operator
  let customerId: string
  let service: ServiceProcess

  beforeAll(async () => {
    const environment = await freshEnvironment(await fresh())
    service = new ServiceProcess(environment)
    await service.start()
    operator = new Operator(environment)
    customerId = (await operator.json<Account>('accounts', 'create', '--name', 'Acme')).customerId
  })
  afterAll(() => service.stop())

  const statusOf = async (token: string) =>
    (await fetch(`${service.baseUrl}/account`, { headers: { 'x-api-key': token } })).status

  it('takes one key, which a running server knows at once', async () => {
    const token = newToken()
    const one = ['keys', 'import', '--customer', customerId, '--name', 'ci', '--prefix', PREFIX]
    const options = ['--permissions', 'accountManagerGet', '--expires-at', '2099-01-01T00:00:00Z']
    const shown = recordOf(await operator.lines(...one, '--hash', sha256(token), ...options))
    expect(shown).toMatchObject({
      customer: customerId,
      name: 'ci',
      status: 'active',
      permissions: 'accountManagerGet',
    })
    expect(await statusOf(token)).toBe(200)
    expect(await operator.refusal(...one, '--hash', sha256(token))).toBe('conflict: there is a key with this hash')
    expect(await operator.refusal(...one, '--hash', token)).toBe(
      'invalid_argument: hash must be a SHA-256 in hexadecimal',
    )
    expect(await operator.refusal(...one)).toMatch(/^invalid_argument: .*hash/)
  })

  it('takes a file of keys, says which lines it refused, and may be repeated', async () => {
    const tokens = Array.from({ length: 120 }, newToken)
    const line = (token: string, index: number) => JSON.stringify({ name: `key ${index}`, hash: sha256(token) })
    const bad = [
      '{ "name": "no hash" }',
      `"${newToken()}"`,
      `{ ${newToken()}`,
      JSON.stringify({ name: 'x', hash: 'x' }),
    ]
    const file = join(directory, 'keys.jsonl')
    writeFileSync(file, [...tokens.map(line), '', ...bad].join('\n'))
    const command = ['keys', 'import', '--file', file, '--customer', customerId, '--prefix', PREFIX]
    const first = await operator.run(...command)
    expect([first.code, first.stderr]).toEqual([1, 'import_incomplete: lines refused: 4\n'])
    expect(first.stdout.split('\n').map((text) => text.replace(/(required property).*/, '$1'))).toEqual([
      'keys imported: 120',
      'line 122: invalid_argument: the arguments object must have required property',
      'line 123: invalid_argument: the line is not an object',
      'line 124: invalid_argument: the line is not JSON',
      'line 125: invalid_argument: hash must be a SHA-256 in hexadecimal',
      '',
    ])
    expect(first.stdout).not.toContain(PREFIX)
    expect(await Promise.all([tokens[0], tokens[119]].map((token) => statusOf(token ?? '')))).toEqual([200, 200])
    writeFileSync(file, tokens.map(line).join('\n'))
    const again = await operator.run('--json', ...command)
    const { imported, refused } = JSON.parse(again.stdout) as { imported: number; refused: { error: string }[] }
    expect([again.code, imported, refused.length]).toEqual([1, 0, 120])
    expect(new Set(refused.map(({ error }) => error))).toEqual(new Set(['conflict: there is a key with this hash']))
    const { items } = await operator.json<ApiKeyPage>('keys', 'list', '--customer', customerId, '--name', 'key ')
    expect(items).toHaveLength(120)
    expect(new Set(items.map(({ start }) => start))).toEqual(new Set([PREFIX]))
  })

  it('needs a file that can be read', async () => {
    const missing = ['keys', 'import', '--file', join(directory, 'none.jsonl')]
    expect(await operator.refusal(...missing)).toMatch(/^invalid_argument: .*none\.jsonl cannot be read \(ENOENT\)$/)
  })
})
