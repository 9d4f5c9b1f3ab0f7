import type { Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ApiKeyManagerCreateResult } from '@veramo-studio/api-key-manager'
import { OPERATOR_TENANT_ID } from '@veramo-studio/plugin-kit'
import {
  NotFoundHandler,
  ProblemHandler,
  ServiceApp,
  TenantAgentRouter,
  type ServiceAppOptions,
} from '@veramo-studio/remote-server'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import express from 'express'
import { embeddedContext } from './agents/embedded.js'
import { newCustomer, type Customer } from './agents/suite-context.js'

const METHODS = [
  ...[
    'keyManagerGetKeyManagementSystems',
    'didManagerFind',
    'didManagerGet',
    'didManagerCreate',
    'didManagerGetByAlias',
  ],
  ...['accountManagerGet', 'accountManagerCreate'],
]
const LIMIT_BYTES = 2000

/** One and the same service, as Express serves it and with the front door before it. */
interface Doors {
  plain: Door
  front: Door
}

interface Door {
  server: Server
  /** Requests that came to the app, past the front door. */
  seen: string[]
}

interface RawRequest {
  name: string
  start?: string
  headers?: string[]
  body?: string | Buffer
  /** Sends `content-length` of the body itself. Default true. */
  measured?: boolean
}

describeOnEachDatabase('the front door', (fresh) => {
  const context = embeddedContext(fresh)
  const signalListeners = new Map(
    ['SIGTERM', 'SIGINT'].map((signal) => [signal, process.listeners(signal as 'SIGTERM')]),
  )
  let strict: Doors
  let open: Doors
  let customer: Customer
  let operatorToken: string
  let narrowToken: string

  beforeAll(async () => {
    await context.setup()
    const { agent, database } = context.parts()
    const router = TenantAgentRouter({ agent, database, exposedMethods: METHODS, bodyLimitBytes: LIMIT_BYTES })
    const listen = async (options: Partial<ServiceAppOptions>): Promise<Door> => {
      const seen: string[] = []
      const app = express()
      app.use(ServiceApp({ database, ...options }))
      app.use((request, _response, next) => {
        seen.push(`${request.method} ${request.url}`)
        next()
      })
      app.use('/agent', router)
      app.use(NotFoundHandler(), ProblemHandler())
      const server = await new Promise<Server>((resolve) => {
        const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening))
      })
      return { server, seen }
    }
    const pair = async (options: Partial<ServiceAppOptions>): Promise<Doors> => ({
      plain: await listen(options),
      front: await listen({ ...options, frontDoor: { router } }),
    })
    strict = await pair({})
    open = await pair({ trustProxy: ['loopback'], corsAllowedOrigins: ['https://console.example'] })
    customer = await newCustomer(context)
    const make = async (args: object) => {
      const made = await agent.execute<object, ApiKeyManagerCreateResult>('apiKeyManagerCreate', args)
      return made.token
    }
    operatorToken = await make({ customerId: OPERATOR_TENANT_ID, name: 'o', permissions: ['*', 'actFor'] })
    const { customerId } = customer.account
    narrowToken = await make({ customerId, name: 'narrow', permissions: ['didManagerFind'] })
  })
  afterAll(async () => {
    for (const { server } of [strict, open].flatMap(({ plain, front }) => [plain, front])) {
      await new Promise((closed) => server.close(closed))
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      for (const listener of process.listeners(signal)) {
        if (!signalListeners.get(signal)?.includes(listener)) process.off(signal, listener)
      }
    }
    await context.tearDown()
  })

  const key = () => `x-api-key: ${customer.token}`
  const JSON_TYPE = 'content-type: application/json'
  const FIND = 'POST /agent/didManagerFind HTTP/1.1'

  /** What a client sees, byte by byte, but for the date. */
  function send(door: Door, request: RawRequest): Promise<string> {
    const { start = FIND, headers = [], body = '', measured = true } = request
    const { port } = door.server.address() as AddressInfo
    const length = measured && body.length > 0 ? [`content-length: ${Buffer.byteLength(body)}`] : []
    const head = [start, 'Host: localhost', 'Connection: close', ...headers, ...length, '', ''].join('\r\n')
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString('latin1')))
      socket.on('close', () => resolve(text.replace(/^Date: .*\r\n/m, ''))).on('error', reject)
      socket.write(Buffer.concat([Buffer.from(head), Buffer.from(body)]))
    })
  }

  async function answers(doors: Doors, request: RawRequest): Promise<[plain: string, front: string]> {
    return [await send(doors.plain, request), await send(doors.front, request)]
  }

  const asCustomer = (request: Omit<RawRequest, 'name'> & { name?: string }): RawRequest => ({
    name: '',
    ...request,
    headers: [key(), ...(request.headers ?? [JSON_TYPE])],
  })
  const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`

  function requests(): RawRequest[] {
    const { customerId } = customer.account
    const to = (path: string, verb = 'POST') => ({ start: `${verb} ${path} HTTP/1.1` })
    const bodies: [string, string | Buffer][] = [
      ['an object', '{}'],
      ['white space around it', ' \n{ }\t'],
      ['a byte order mark', '\uFEFF{"alias":"x"}'],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ['nothing but white space', '  '],
      ['half an object', '{'],
      ['more than an object', '{"a":1}}'],
      ['an array', '[]'],
      ['a text', '"text"'],
      ['null', 'null'],
      ['a number', '5'],
      ['a prototype', '{"__proto__":{"a":1}}'],
      ['a deep prototype', '{"x":[{"__proto__":{}}]}'],
      ['a prototype in escapes', '{"\\u005f_proto__":{}}'],
      ['a constructor', '{"constructor":{"prototype":{"a":1}}}'],
      ['a constructor that is a word', '{"alias":"constructor","constructor":"x"}'],
      ['a repeated member', '{"alias":"a","alias":"b"}'],
      ['the most that is read', `{"alias":"${'x'.repeat(LIMIT_BYTES - 12)}"}`],
      ['a byte more', `{"alias":"${'x'.repeat(LIMIT_BYTES - 11)}"}`],
      ['far too much', 'x'.repeat(300_000)],
      ['arguments of a wrong type', '{"alias":5}'],
    ]
    const types = [
      ...[
        'application/json; charset=utf-8',
        'application/json;charset="UTF-8"',
        'APPLICATION/JSON',
        'application/ld+json',
      ],
      ...['application/json; charset=latin1', 'application/json; charset=utf-16', 'application/json; x=1', 'text/xml'],
      ...['application/json; charset', 'json', '', 'application/jsonp', 'multipart/form-data'],
    ]
    const addresses = [
      ...['/agent/didManagerFind/', '/agent//didManagerFind', '/AGENT/didManagerFind', '/agent/didManager%46ind'],
      ...['/agent/didManagerFind?x=1', '/agent/didManagerFind?', '/agent/didManagerFind?token=vs_live_x', '/agent'],
      ...['/agent/', '/agent/nothing', '/agent/constructor', '/agent/%E0%A4%A', '/agent/a/b', '//agent/didManagerFind'],
      ...[
        'http://localhost/agent/didManagerFind',
        '/agent/didManagerFind#x',
        '/agent/../agent/didManagerFind',
        '/nowhere',
      ],
    ]
    const credentials: string[][] = [
      ...[
        [],
        [key(), key()],
        [key(), `authorization: Bearer ${customer.token}`],
        ['x-api-key:'],
        ['x-api-key: nonsense'],
      ],
      ...[
        [`authorization: bearer  ${customer.token}`],
        ['authorization: Basic eDp5'],
        ['authorization: Bearer e30.e30.'],
      ],
      ...[[`X-API-KEY: ${customer.token}`], [`x-api-key: ${customer.token}x`], [`x-api-key: ${narrowToken}`]],
      [`authorization: Bearer ${customer.token}`, `Authorization: Bearer ${customer.token}`],
    ]
    const fields = [
      ...[['idempotency-key: a', 'Idempotency-Key: b'], ['idempotency-key: a'], ['content-encoding: identity']],
      ...[
        ['content-encoding: br'],
        ['expect: 100-continue'],
        ['x-customer-id: x'],
        ['origin: https://console.example'],
      ],
      ...[['x-forwarded-proto: http'], ['x-forwarded-proto: https'], ['x-forwarded-for: 203.0.113.9, 10.0.0.1']],
      ...[['upgrade: websocket'], ['x-forwarded-proto: https, http', 'x-forwarded-for: , 127.0.0.1']],
    ]
    const operator = [`x-api-key: ${operatorToken}`, JSON_TYPE]
    return [
      ...bodies.map(([name, body]) => asCustomer({ name: `body: ${name}`, body })),
      ...bodies.slice(0, 8).map(([name, body]) =>
        asCustomer({
          name: `in one chunk: ${name}`,
          body: chunked(body.toString('latin1')),
          measured: false,
          headers: [JSON_TYPE, 'transfer-encoding: chunked'],
        }),
      ),
      asCustomer({ name: 'no body', headers: [] }),
      asCustomer({ name: 'an empty body of another type', headers: ['content-type: text/xml', 'content-length: 0'] }),
      asCustomer({ name: 'gzip', body: gzipSync('{"alias":"x"}'), headers: [JSON_TYPE, 'content-encoding: gzip'] }),
      asCustomer({ name: 'broken gzip', body: 'x', headers: [JSON_TYPE, 'content-encoding: gzip'] }),
      ...types.map((type) =>
        asCustomer({ name: `type: ${type}`, headers: [`content-type: ${type}`], body: '{"alias":5}' }),
      ),
      ...addresses.flatMap((path) => [asCustomer({ name: `to ${path}`, ...to(path), body: '{}' })]),
      ...['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'].map((verb) =>
        asCustomer({ name: verb, ...to('/agent/didManagerFind', verb), body: '{}' }),
      ),
      ...credentials.map((lines, index) => ({
        name: `credentials ${index}`,
        headers: [...lines, JSON_TYPE],
        body: '{}',
      })),
      ...credentials.map((lines, index) => ({
        name: `credentials ${index}, body too large`,
        headers: [...lines, JSON_TYPE],
        body: 'x'.repeat(3000),
      })),
      {
        name: 'a permission that is missing',
        headers: [`x-api-key: ${narrowToken}`, JSON_TYPE],
        ...to('/agent/didManagerGet'),
        body: '{"did":5}',
      },
      ...fields.map((lines) => asCustomer({ name: lines.join(', '), headers: [JSON_TYPE, ...lines], body: '{}' })),
      asCustomer({ name: 'an operator’s method', ...to('/agent/accountManagerCreate'), body: '{"name":"x"}' }),
      asCustomer({ name: 'what is not there', ...to('/agent/didManagerGet'), body: '{"did":"did:key:z6Mk"}' }),
      asCustomer({ name: 'what Veramo refuses', ...to('/agent/didManagerCreate'), body: '{"provider":"did:none"}' }),
      ...['', customerId, 'nobody'].map((named) => ({
        name: `acting for "${named}"`,
        ...to('/agent/accountManagerGet'),
        headers: [...operator, `x-customer-id: ${named}`],
        body: '{}',
      })),
      { name: 'acting for two', headers: [...operator, 'x-customer-id: a', 'X-Customer-Id: b'], body: '{}' },
      {
        name: 'acting for another',
        ...to('/agent/accountManagerGet'),
        headers: [...operator, `x-customer-id: ${customerId}`],
        body: '{"customerId":"x"}',
      },
      { name: 'acting for nobody', headers: operator, body: '{}' },
    ]
  }

  describe('answers what Express answers, byte by byte', () => {
    it('where nothing else is trusted or allowed', async () => {
      for (const request of requests()) {
        const [plain, front] = await answers(strict, request)
        expect(`${request.name}: ${front}`).toBe(`${request.name}: ${plain}`)
        expect(plain).toMatch(/^HTTP\/1\.1 /)
      }
    })

    it('behind a trusted proxy, to pages of other origins', async () => {
      for (const request of requests()) {
        const [plain, front] = await answers(open, request)
        expect(`${request.name}: ${front}`).toBe(`${request.name}: ${plain}`)
      }
    })

    it('to a metered call, its limit included', async () => {
      const create = { start: 'POST /agent/didManagerCreate HTTP/1.1', body: '{}' }
      const bare = (answer: string) =>
        answer
          .replace(/r=\d+/, 'r=')
          .split('\r\n\r\n')[0]
          ?.replace(/Length: \d+/, '')
      const [plain, front] = await answers(strict, asCustomer(create))
      expect(bare(front)).toBe(bare(plain))
      expect(front).toMatch(/^RateLimit: "did.create";r=\d+/m)
      for (let count = 2; count < 20; count += 1) await send(strict.front, asCustomer(create))
      const [refused, refusedInFront] = await answers(strict, asCustomer(create))
      expect(refusedInFront).toBe(refused)
      expect(refused).toMatch(/^HTTP\/1\.1 402 /)
    })

    it('and counts it once, also where it fails', async () => {
      const counts = async (door: Door) => {
        const text = await send(door, { name: 'metrics', start: 'GET /metrics HTTP/1.1' })
        return text.split('\n').filter((line) => /^http_request_duration_seconds_count.*agent/.test(line))
      }
      const plain = await counts(open.plain)
      expect(await counts(open.front)).toEqual(plain)
      expect(plain.length).toBeGreaterThan(3)
    })
  })

  describe('is passed', () => {
    const taken = async (request: RawRequest) => {
      open.front.seen.length = 0
      await send(open.front, request)
      return open.front.seen.length === 0
    }

    it('by no plain call that succeeds', async () => {
      const fromPage = [JSON_TYPE, 'origin: https://console.example']
      expect(await taken(asCustomer({ body: '{}', headers: fromPage }))).toBe(true)
      expect(await taken(asCustomer({ body: '{}' }))).toBe(true)
      expect(await taken(asCustomer({ body: '{}', headers: [JSON_TYPE, 'x-forwarded-for: 203.0.113.9'] }))).toBe(true)
    })

    it('by what is not at the address of a method, or is no call', async () => {
      expect(await taken(asCustomer({ start: 'POST /agent/didManagerFind/ HTTP/1.1', body: '{}' }))).toBe(false)
      expect(await taken(asCustomer({ start: 'POST /agent/nothing HTTP/1.1', body: '{}' }))).toBe(false)
      expect(await taken(asCustomer({ start: 'GET /agent/didManagerFind HTTP/1.1' }))).toBe(false)
    })
  })
})
