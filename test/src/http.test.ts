import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IIdentifier } from '@veramo/core-types'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { expectProblem, type Answer } from './agents/http-answer.js'
import { exposedMethods, servedContext } from './agents/served.js'
import { newCustomer, type Customer } from './agents/suite-context.js'

describeOnEachDatabase('the HTTP interface', (fresh) => {
  const context = servedContext(fresh)
  let customer: Customer
  let other: Customer

  beforeAll(async () => {
    await context.setup()
    customer = await newCustomer(context, 'Acme')
    other = await newCustomer(context, 'Other')
  })
  afterAll(() => context.tearDown())

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(context.service().baseUrl + path, init)
    const text = await response.text()
    const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>
    return { status: response.status, headers: response.headers, text, body }
  }

  function call(method: string, args: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const body = typeof args === 'string' ? args : JSON.stringify(args)
    return send(`/agent/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
  }

  const asCustomer = () => ({ 'x-api-key': customer.token })
  const asOperator = () => ({ 'x-api-key': context.service().operatorToken })

  /** Sends bytes as they are: fetch would join or refuse what is tried here. */
  function sendRaw(lines: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(context.service().environment['PORT']), '127.0.0.1')
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('end', () => resolve(text)).on('error', reject)
      socket.write([...lines, 'Host: localhost', 'Connection: close', '', ''].join('\r\n'))
    })
  }

  describe('authenticates', () => {
    it('by x-api-key and by Bearer', async () => {
      expect((await call('didManagerFind', {}, asCustomer())).body).toEqual({})
      const bearer = await call('didManagerFind', {}, { authorization: `Bearer ${customer.token}` })
      expect([bearer.status, bearer.text]).toEqual([200, '[]'])
    })

    it('nobody without a key, and says how', async () => {
      const answer = await call('didManagerFind', {})
      expectProblem(answer, [401, 'credentials_missing'], '/agent/didManagerFind')
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    })

    it('no unknown, malformed, mistyped or revoked key, with identical bytes', async () => {
      const { text } = await call('apiKeyManagerCreate', { name: 'short-lived' }, asCustomer())
      const made = JSON.parse(text) as { apiKey: { keyId: string }; token: string }
      await call('apiKeyManagerRevoke', { keyId: made.apiKey.keyId }, asCustomer())
      const mistyped = customer.token.slice(0, -1) + (customer.token.endsWith('a') ? 'b' : 'a')
      const tokens = [made.token, mistyped, 'nonsense', 'vs_live_abc_def', customer.token.toUpperCase()]
      const answers = await Promise.all(tokens.map((token) => call('didManagerFind', {}, { 'x-api-key': token })))
      for (const answer of answers) expectProblem(answer, [401, 'credentials_invalid'], '/agent/didManagerFind')
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    })

    it('nobody by a Bearer token that is not one of ours', async () => {
      const answer = await call('didManagerFind', {}, { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' })
      expectProblem(answer, [401, 'credentials_missing'], '/agent/didManagerFind')
    })

    it('nobody who sends two credentials, or one twice', async () => {
      const both = await call('didManagerFind', {}, { ...asCustomer(), authorization: `Bearer ${customer.token}` })
      expectProblem(both, [400, 'credentials_ambiguous'], '/agent/didManagerFind')
      const key = `x-api-key: ${customer.token}`
      const bearer = `Authorization: Bearer ${customer.token}`
      for (const twice of [
        [key, key],
        [bearer, bearer],
        [bearer, 'Authorization: Basic eDp5'],
        ['Authorization: Basic eDp5', bearer],
      ]) {
        expect(await sendRaw(['POST /agent/didManagerFind HTTP/1.1', ...twice])).toMatch(
          /^HTTP\/1\.1 400 .*credentials_ambiguous/s,
        )
      }
    })

    it('a key that is bound to addresses by the connection alone, where no proxy is trusted', async () => {
      const { text } = await call('apiKeyManagerCreate', { name: 'b', allowedIps: ['203.0.113.9'] }, asCustomer())
      const bound = { 'x-api-key': (JSON.parse(text) as { token: string }).token }
      for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-client-ip']) {
        const spoofed = await call('didManagerFind', {}, { ...bound, [name]: '203.0.113.9' })
        expectProblem(spoofed, [401, 'credentials_invalid'], '/agent/didManagerFind')
      }
    })

    it('nobody by a key in the address', async () => {
      for (const query of [`x-api-key=${customer.token}`, `api_key=${customer.token}`, `k=${customer.token}`]) {
        const answer = await send(`/account?${query}`, { headers: asCustomer() })
        expectProblem(answer, [400, 'credentials_in_query'], '/account')
        expect(answer.text).not.toContain(customer.token)
      }
    })
  })

  describe('refuses', () => {
    it('an unknown method', async () => {
      expectProblem(await call('nothing', {}, asCustomer()), [404, 'method_not_found'], '/agent/nothing')
      expectProblem(await call('constructor', {}, asCustomer()), [404, 'method_not_found'], '/agent/constructor')
    })

    it('an unknown address, and another verb', async () => {
      expectProblem(await send('/nowhere', { headers: asCustomer() }), [404, 'route_not_found'], '/nowhere')
      const answer = await send('/agent/didManagerFind', { headers: asCustomer() })
      expectProblem(answer, [405, 'http_method_not_allowed'], '/agent/didManagerFind')
      expect(answer.headers.get('allow')).toBe('POST')
    })

    it('malformed JSON, an array, another content type', async () => {
      const instance = '/agent/didManagerFind'
      for (const body of ['{', '[]', '[{"a":1}]', '"text"', 'null', '{"a":1}}']) {
        expectProblem(await call('didManagerFind', body, asCustomer()), [400, 'body_malformed'], instance)
      }
      const xml = await call('didManagerFind', '<a/>', { ...asCustomer(), 'content-type': 'text/xml' })
      expectProblem(xml, [415, 'content_type_unsupported'], instance)
    })

    it('a body that would change a prototype', async () => {
      for (const body of ['{"__proto__":{"a":1}}', '{"x":{"__proto__":{}}}', '{"constructor":{"prototype":{"a":1}}}']) {
        const answer = await call('didManagerFind', body, asCustomer())
        expectProblem(answer, [400, 'body_malformed'], '/agent/didManagerFind')
      }
    })

    it('a body that is too large', async () => {
      const answer = await call('didManagerFind', { alias: 'x'.repeat(2_000_000) }, asCustomer())
      expectProblem(answer, [413, 'body_too_large'], '/agent/didManagerFind')
    })

    it('arguments of a wrong type, naming the member', async () => {
      const answer = await call('didManagerGet', { did: 5 }, asCustomer())
      expectProblem(answer, [400, 'invalid_argument'], '/agent/didManagerGet')
      expect(answer.body['detail']).toMatch(/^did /)
      expectProblem(await call('didManagerGet', {}, asCustomer()), [400, 'invalid_argument'], '/agent/didManagerGet')
    })

    it('a credential that says nothing of its subject', async () => {
      const made = JSON.parse((await call('didManagerCreate', {}, asCustomer())).text) as IIdentifier
      const credential = { issuer: { id: made.did }, credentialSubject: { id: 'did:example:a' } }
      const answer = await call('createVerifiableCredential', { credential, proofFormat: 'jwt' }, asCustomer())
      expectProblem(answer, [400, 'invalid_argument'], '/agent/createVerifiableCredential')
    })

    it('a provider or a key management system that there is none of', async () => {
      expect((await call('didManagerCreate', { provider: 'did:none' }, asCustomer())).status).toBe(400)
      expect((await call('keyManagerCreate', { kms: 'none', type: 'Ed25519' }, asCustomer())).status).toBe(400)
    })

    it('a customer who calls an operator’s method, naming the permission', async () => {
      const answer = await call('accountManagerCreate', { name: 'x' }, asCustomer())
      expectProblem(answer, [403, 'permission_denied'], '/agent/accountManagerCreate')
      expect(answer.body['permission']).toBe('accountManagerCreate')
    })

    it('plain HTTP from another host', async () => {
      const address = Object.values(networkInterfaces())
        .flat()
        .find((each) => each?.family === 'IPv4' && !each.internal)?.address
      if (address === undefined) return // A machine that is on no network has no other host to be called from.
      const url = `http://${address}:${context.service().environment['PORT']}/account`
      const response = await fetch(url, { headers: asCustomer() })
      expect([response.status, (await response.json()) as object]).toEqual([
        403,
        expect.objectContaining({ code: 'insecure_transport' }),
      ])
    })
  })

  describe('lets an operator act for a customer', () => {
    it('in that customer’s tenant', async () => {
      const headers = { ...asOperator(), 'x-customer-id': customer.account.customerId }
      const made = JSON.parse((await call('didManagerCreate', {}, headers)).text) as IIdentifier
      const seen = await call('didManagerGet', { did: made.did }, asCustomer())
      expect(JSON.parse(seen.text)).toEqual(made)
      const hidden = await call('didManagerGet', { did: made.did }, { 'x-api-key': other.token })
      expectProblem(hidden, [404, 'not_found'], '/agent/didManagerGet')
    })

    it('but not sign with the customer’s keys', async () => {
      const headers = { ...asOperator(), 'x-customer-id': customer.account.customerId }
      const made = JSON.parse((await call('didManagerCreate', {}, asCustomer())).text) as IIdentifier
      const signing = { keyRef: made.controllerKeyId, data: 'x' }
      expectProblem(await call('keyManagerSign', signing, headers), [403, 'acting_forbidden'], '/agent/keyManagerSign')
      expect((await call('keyManagerSign', signing, asCustomer())).status).toBe(200)
      const credential = { issuer: { id: made.did }, credentialSubject: { id: 'did:example:a', name: 'A' } }
      const issuing = await call('createVerifiableCredential', { credential, proofFormat: 'jwt' }, headers)
      expectProblem(issuing, [403, 'acting_forbidden'], '/agent/createVerifiableCredential')
    })

    it('and nobody else', async () => {
      const own = { ...asCustomer(), 'x-customer-id': customer.account.customerId }
      expectProblem(await call('didManagerFind', {}, own), [403, 'permission_denied'], '/agent/didManagerFind')
    })

    it('who exists, and is the one that the arguments name', async () => {
      const nobody = await call('didManagerFind', {}, { ...asOperator(), 'x-customer-id': 'nobody' })
      expectProblem(nobody, [404, 'not_found'], '/agent/didManagerFind')
      const headers = { ...asOperator(), 'x-customer-id': customer.account.customerId }
      const mismatch = await call('accountManagerGet', { customerId: other.account.customerId }, headers)
      expectProblem(mismatch, [400, 'customer_mismatch'], '/agent/accountManagerGet')
      const same = await call('accountManagerGet', { customerId: customer.account.customerId }, headers)
      expect(same.body).toEqual(customer.account)
    })
  })

  describe('describes itself', () => {
    it('in GET /account', async () => {
      const { customerId, name, paymentAccount } = customer.account
      const answer = await send('/account', { headers: asCustomer() })
      expect(answer.body).toEqual({ customer: { customerId, name }, paymentAccount })
      expectProblem(await send('/account'), [401, 'credentials_missing'], '/account')
    })

    it('in GET /account/balances and /account/transactions', async () => {
      const credit = { network: 'testnet', amount: { denom: 'ncheq', amount: '9007199254740993' }, reason: 'gift' }
      const { customerId } = customer.account
      await call('accountManagerCredit', { ...credit, customerId, idempotencyKey: 'k1' }, asOperator())
      const balances = await send('/account/balances', { headers: asCustomer() })
      expect(balances.body['balances']).toContainEqual({
        network: 'testnet',
        source: 'credit',
        available: { denom: 'ncheq', amount: '9007199254740993' },
        held: { denom: 'ncheq', amount: '0' },
      })
      const list = await send('/account/transactions?network=testnet&limit=1', { headers: asCustomer() })
      expect(list.body['items']).toMatchObject([
        { type: 'credit', network: 'testnet', amount: credit.amount, reason: 'gift' },
      ])
      const others = await send('/account/transactions', { headers: { 'x-api-key': other.token } })
      expect(others.body['items']).toEqual([])
      const bad = await send('/account/transactions?limit=x', { headers: asCustomer() })
      expectProblem(bad, [400, 'invalid_argument'], '/account/transactions')
    })

    it('in OpenAPI: to a key its own methods, to an operator all', async () => {
      const paths = async (headers: Record<string, string>) => {
        const { body } = await send('/open-api.json', { headers })
        return Object.keys(body['paths'] as object).map((path) => path.slice(1))
      }
      expect((await paths(asOperator())).sort()).toEqual([...exposedMethods()].sort())
      const own = await paths(asCustomer())
      expect(own).toContain('didManagerCreate')
      expect(own).not.toContain('accountManagerCreate')
      const narrow = await call('apiKeyManagerCreate', { name: 'n', permissions: ['resolveDid'] }, asCustomer())
      expect(await paths({ 'x-api-key': String(narrow.body['token']) })).toEqual(['resolveDid'])
      expect((await send('/open-api.json', { headers: { 'x-api-key': 'bad' } })).status).toBe(401)
    })

    it('with documentation, health, readiness and metrics', async () => {
      expect((await send('/api-docs/')).text).toContain('swagger')
      expect((await send('/healthz')).status).toBe(200)
      expect((await send('/readyz')).status).toBe(200)
      const metrics = await send('/metrics')
      expect(metrics.text).toContain('http_request_duration_seconds_count')
      expect(metrics.text).not.toContain(customer.account.customerId)
    })
  })

  describe('meters', () => {
    it('and says on each call what is left of the limit', async () => {
      const { token } = await newCustomer(context)
      const answer = await call('didManagerCreate', {}, { 'x-api-key': token })
      expect(answer.headers.get('ratelimit-policy')).toBe('"did.create";q=20')
      expect(answer.headers.get('ratelimit')).toBe('"did.create";r=19')
      const read = await call('didManagerFind', {}, { 'x-api-key': token })
      expect(read.headers.get('ratelimit')).toBeNull()
    })

    it('and answers 402 with the meter, the price and where to top up', async () => {
      const { token, account } = await newCustomer(context)
      const headers = { 'x-api-key': token }
      for (let count = 0; count < 20; count += 1) await call('didManagerCreate', {}, headers)
      const answer = await call('didManagerCreate', {}, headers)
      expectProblem(answer, [402, 'limit_exhausted'], '/agent/didManagerCreate')
      expect(answer.body).toMatchObject({
        meter: 'did.create',
        price: { denom: 'ncheq', amount: '1000000000' },
        missing: { denom: 'ncheq', amount: '1000000000' },
        topUp: { network: 'mainnet', address: account.paymentAccount.mainnet },
      })
      expect(answer.headers.get('ratelimit')).toBe('"did.create";r=0')
    })

    it('by one Idempotency-Key, and no empty or over-long one', async () => {
      const twice = ['POST /agent/didManagerCreate HTTP/1.1', `x-api-key: ${customer.token}`]
      const refused = await sendRaw([...twice, 'Idempotency-Key: a', 'Idempotency-Key: b'])
      expect(refused).toMatch(/^HTTP\/1\.1 400 .*invalid_argument/s)
      const long = await call('didManagerCreate', {}, { ...asCustomer(), 'idempotency-key': 'x'.repeat(256) })
      expectProblem(long, [400, 'invalid_argument'], '/agent/didManagerCreate')
    })

    it('and answers 422 for another body under the same key, 409 never for the same one', async () => {
      const headers = { ...asCustomer(), 'idempotency-key': 'one' }
      const first = await call('didManagerCreate', { alias: 'keyed' }, headers)
      const again = await call('didManagerCreate', { alias: 'keyed' }, headers)
      expect([again.status, again.text]).toEqual([200, first.text])
      const other = await call('didManagerCreate', { alias: 'other' }, headers)
      expectProblem(other, [422, 'idempotency_mismatch'], '/agent/didManagerCreate')
    })

    it('and answers a failure again with the same bytes', async () => {
      const { body } = await call('didManagerCreate', {}, asCustomer())
      const credential = {
        '@context': ['https://www.w3.org/2018/credentials/v1', 'https://127.0.0.1/context'],
        issuer: { id: (body as { did: string }).did },
        credentialSubject: { id: 'did:example:ada' },
      }
      const args = { credential, proofFormat: 'lds', fetchRemoteContexts: true }
      const issue = () => call('createVerifiableCredential', args, { ...asCustomer(), 'idempotency-key': 'failing' })
      const [first, again] = [await issue(), await issue()]
      expectProblem(first, [400, 'fetch_refused'], '/agent/createVerifiableCredential')
      expect([again.status, again.text]).toEqual([400, first.text])
    })
  })

  it('writes no token to its output', () => {
    expect(context.service().output).not.toMatch(/vs_(live|test)_[0-9A-Za-z]{16}_/)
  })
})
