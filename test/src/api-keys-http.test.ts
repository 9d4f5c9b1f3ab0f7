import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { freshEnvironment } from './agents/environment.js'
import { ServiceProcess } from './agents/service-process.js'

jest.setTimeout(120_000)

const LIMIT = { name: 'burst', limit: 2, windowMs: 90_000, scope: 'strict', methods: ['*'] }

/** Text as a header field carries it, byte by byte. */
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

interface Answer {
  status: number
  headers: Headers
  text: string
}

describeOnEachDatabase('API keys over HTTP', (fresh) => {
  let service: ServiceProcess
  let customerId: string
  const secrets: string[] = []

  beforeAll(async () => {
    const environment = await freshEnvironment(await fresh())
    service = new ServiceProcess({ ...environment, TRUST_PROXY: 'loopback', DEBUG: '*' })
    await service.start()
    secrets.push(service.operatorToken)
    const account = await call('accountManagerCreate', { name: 'Acme' }, { 'x-api-key': service.operatorToken })
    customerId = (JSON.parse(account.text) as { customerId: string }).customerId
  })
  afterAll(() => service.stop())

  async function call(method: string, args: object, headers: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${service.baseUrl}/agent/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(args),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  async function make(args: object): Promise<ApiKeyManagerCreateResult> {
    const headers = { 'x-api-key': service.operatorToken }
    const { text } = await call('apiKeyManagerCreate', { customerId, name: 'key', ...args }, headers)
    const made = JSON.parse(text) as ApiKeyManagerCreateResult
    secrets.push(made.token)
    return made
  }

  it('answer 429 past a rate limit, and say what is left and when to come again', async () => {
    const { token } = await make({ rateLimits: [LIMIT] })
    const use = () => call('didManagerFind', {}, { 'x-api-key': token })
    const first = await use()
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"burst";q=2;w=90'])
    expect(first.headers.get('ratelimit')).toBe('"burst";r=1;t=45')
    await use()
    const refused = await use()
    expect(refused.status).toBe(429)
    const body = JSON.parse(refused.text) as Record<string, unknown>
    expect(body).toMatchObject({ status: 429, code: 'rate_limited', instance: '/agent/didManagerFind' })
    const retryAfter = Number(refused.headers.get('retry-after'))
    expect(retryAfter).toBe(Math.ceil(Number(body['retryAfterMs']) / 1000))
    expect(retryAfter).toBeGreaterThan(30)
    expect(retryAfter).toBeLessThanOrEqual(45)
    expect(refused.headers.get('ratelimit')).toMatch(/^"burst";r=0;t=\d+$/)
  })

  it('tell the rate limits of the key beside the limit of the meter', async () => {
    const { token } = await make({ rateLimits: [LIMIT] })
    const answer = await call('didManagerCreate', {}, { 'x-api-key': token })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('ratelimit')).toMatch(/^"burst";r=1;t=45, "did\.create";r=\d+/)
    expect(answer.headers.get('ratelimit-policy')).toMatch(/^"burst";q=2;w=90, "did\.create";q=20/)
  })

  it('say 403 before 429, and which permission is missing', async () => {
    const { token } = await make({ permissions: ['didManagerFind'], rateLimits: [{ ...LIMIT, limit: 1 }] })
    const use = (method: string) => call(method, {}, { 'x-api-key': token })
    expect((await use('didManagerFind')).status).toBe(200)
    expect((await use('didManagerFind')).status).toBe(429)
    const denied = await use('accountManagerGet')
    expect([denied.status, JSON.parse(denied.text)]).toMatchObject([403, { permission: 'accountManagerGet' }])
  })

  it('hold a key to its addresses, whatever a client says of itself', async () => {
    const { token } = await make({ allowedIps: ['203.0.113.0/24'] })
    const from = async (forwarded: string) => {
      const headers = { 'x-api-key': token, 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' }
      return (await call('didManagerFind', {}, headers)).status
    }
    expect((await call('didManagerFind', {}, { 'x-api-key': token })).status).toBe(401)
    // The proxy adds the address that it saw to whatever its client has sent.
    expect(await from('203.0.113.9')).toBe(200)
    expect(await from('203.0.113.9, 198.51.100.1')).toBe(401)
    expect(await from('198.51.100.1, 203.0.113.9')).toBe(200)
    expect(await from('::ffff:203.0.113.9')).toBe(200)
    expect(await from('nonsense')).toBe(401)
  })

  it('take a token that was made elsewhere in x-api-key and as Bearer, once, and in no address', async () => {
    const token = 'acme_live_0123456789abcdefghijklmnopqrstuvwxyz'
    secrets.push(token)
    const hash = createHash('sha256').update(token).digest('hex')
    const args = { customerId, name: 'of before', prefix: 'acme_live_', hash }
    const made = await call('apiKeyManagerImport', args, { 'x-api-key': service.operatorToken })
    expect([made.status, JSON.parse(made.text)]).toMatchObject([200, { apiKey: { start: 'acme_live_' } }])
    const again = await call('apiKeyManagerImport', args, { 'x-api-key': service.operatorToken })
    expect([again.status, JSON.parse(again.text)]).toMatchObject([
      409,
      { code: 'conflict', instance: '/agent/apiKeyManagerImport' },
    ])
    const use = async (headers: Record<string, string>) => (await call('didManagerFind', {}, headers)).status
    const bearer = { authorization: `Bearer ${token}` }
    expect([await use({ 'x-api-key': token }), await use(bearer)]).toEqual([200, 200])
    expect(await use({ 'x-api-key': token, ...bearer })).toBe(400)
    const account = await fetch(`${service.baseUrl}/account`, { headers: bearer })
    expect(await account.json()).toMatchObject({ customer: { customerId } })
    const described = await fetch(`${service.baseUrl}/open-api.json`, { headers: bearer })
    expect(described.status).toBe(200)
    const forged = [`acme_live_${'0'.repeat(40)}`, `acme_test_${token.slice(10)}`, hash, `${token}0`]
    const answers = await Promise.all(forged.map((each) => call('didManagerFind', {}, { 'x-api-key': each })))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    // What begins with no prefix that is registered may be somebody else's.
    const stranger = await call('didManagerFind', {}, { authorization: `Bearer other_${token}` })
    expect(JSON.parse(stranger.text)).toMatchObject({ code: 'credentials_missing' })
  })

  it('are not looked for in an address, which nobody prints where one is in it', async () => {
    const { token } = await make({})
    const elsewhere = 'acme_live_zyxwvutsrqponmlkjihgfedcba9876543210'
    secrets.push(elsewhere)
    for (const path of ['/account', '/agent/didManagerFind', '/open-api.json', '/nowhere', '/t/x/did.json']) {
      for (const each of [token, elsewhere]) {
        const answer = await fetch(`${service.baseUrl}${path}?k=${each}`, { headers: { 'x-api-key': token } })
        const text = await answer.text()
        expect([answer.status, JSON.parse(text)]).toMatchObject([400, { code: 'credentials_in_query', instance: path }])
        expect(text).not.toContain(each)
        expect(answer.headers.get('cache-control')).toBe('no-store')
      }
    }
    const word = await fetch(`${service.baseUrl}/account/transactions?network=vs_1`, {
      headers: { 'x-api-key': token },
    })
    expect(JSON.parse(await word.text())).toMatchObject({ code: 'invalid_argument' })
  })

  it('refuse tokens that are too long, written with look-alikes, or a stored hash', async () => {
    const { token } = await make({})
    const withLookAlike = token.replace(/[A-Za-z](?=[^_]*$)/, (letter) =>
      String.fromCodePoint(letter.charCodeAt(0) ^ 1),
    )
    const tokens = [
      withLookAlike,
      // As bytes of UTF-8: a Cyrillic e, and a full-width v.
      ...[token.replace('e', utf8('\u0435')), token.replace('v', utf8('\uff56'))],
      token.toLowerCase(),
      token.toUpperCase(),
      'a'.repeat(64),
      `${token}0`,
      token.slice(1),
    ]
    for (const each of tokens) {
      const { status } = await call('didManagerFind', {}, { 'x-api-key': each })
      expect(status).toBe(401)
    }
    const huge = await call('didManagerFind', {}, { 'x-api-key': token + 'x'.repeat(1_000_000) }).catch(() => undefined)
    expect(huge?.status ?? 431).toBe(431)
    expect((await call('didManagerFind', {}, { 'x-api-key': token })).status).toBe(200)
  })

  it('show no token on any output, not with DEBUG=*', async () => {
    const { output } = service
    expect(output).toContain('veramo:agent')
    expect(secrets.length).toBeGreaterThan(4)
    for (const secret of secrets) expect(output).not.toContain(secret.slice(25, 60))
  })
})
