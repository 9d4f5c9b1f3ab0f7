import type { lookup as systemLookup } from 'node:dns'
import { once } from 'node:events'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { AddressInfo, LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { guardedFetch, isPublicAddress, type GuardedFetchOptions } from '../index.js'

const PUBLIC = '93.184.215.14'
const ORIGIN = 'https://did.example'

const code = (expected: string) => expect.objectContaining({ code: expected })

/** A resolver that answers each time with the next of these lists, and then always with the last. */
function resolver(...answers: string[][]) {
  let asked = 0
  return jest.fn((_hostname: string, _options: object, callback: (...result: unknown[]) => void) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? []
    asked += 1
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  })
}

const asLookup = (lookup: unknown) => lookup as typeof systemLookup

let server: Server | undefined

/**
 * Lets a connection that the guard has approved end at a server of this test. All that is replaced is the wire: the
 * guard's own lookup is asked, and its refusal ends the request.
 */
async function serving(listener: RequestListener): Promise<Pick<GuardedFetchOptions, 'lookup' | 'request'>> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const divert =
    (lookup: LookupFunction): LookupFunction =>
    (hostname, options, callback) =>
      lookup(hostname, options, (error) => {
        if (error) callback(error, [])
        else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
        else callback(null, '127.0.0.1', 4)
      })
  return {
    lookup: asLookup(resolver([PUBLIC])),
    request: ({ hostname, pathname, search }: URL, options: RequestOptions) =>
      request({
        ...options,
        hostname,
        port,
        path: pathname + search,
        lookup: divert(options.lookup as LookupFunction),
      }),
  }
}

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) =>
    response.writeHead(302, { location }).end()

afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', PUBLIC, '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a00:1',
    '2002:a00:1::',
    '2001::1',
    '2001:db8::1',
    '',
    'did.example',
  ])('%p is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('a guarded fetch refuses', () => {
  const opened = jest.fn<() => never>()

  it.each([
    'http://did.example/',
    'ftp://did.example/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'not an address',
    '',
    'https://',
    'https://user:secret@did.example/',
    'https://user@did.example/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://10.0.0.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::127.0.0.1]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
  ])('%p, without opening a connection', async (address) => {
    const lookup = resolver([PUBLIC])
    await expect(guardedFetch(address, { lookup: asLookup(lookup), request: opened })).rejects.toEqual(
      code('fetch_refused'),
    )
    expect(opened).not.toHaveBeenCalled()
    expect(lookup).not.toHaveBeenCalled()
  })

  it('localhost, with the real resolver and the real wire', async () => {
    await expect(guardedFetch('https://localhost:9/')).rejects.toEqual(code('fetch_refused'))
  })

  it.each([
    ['a private address', ['10.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a private address beside a public one', [PUBLIC, '192.168.0.1']],
    ['a mapped address', ['::ffff:127.0.0.1']],
    ['a unique local address', ['fd00:ec2::254']],
    ['no address', []],
  ])('a name that leads to %s', async (_what, addresses) => {
    const handled = jest.fn<RequestListener>()
    const wire = await serving(handled)
    const fetching = guardedFetch(ORIGIN, { ...wire, lookup: asLookup(resolver(addresses)) })
    await expect(fetching).rejects.toEqual(code('fetch_refused'))
    expect(handled).not.toHaveBeenCalled()
  })

  it.each([
    'https://10.0.0.1/',
    'https://[::1]/',
    'http://did.example/',
    'https://a:b@did.example/',
    'file:///etc/passwd',
  ])('a redirect to %s', async (location) => {
    const fetching = guardedFetch(ORIGIN, await serving(redirectTo(location)))
    await expect(fetching).rejects.toEqual(code('fetch_refused'))
  })

  it('a redirect to a name that leads to a private address', async () => {
    const wire = await serving(redirectTo('https://internal.example/'))
    const fetching = guardedFetch(ORIGIN, { ...wire, lookup: asLookup(resolver([PUBLIC], ['10.0.0.1'])) })
    await expect(fetching).rejects.toEqual(code('fetch_refused'))
  })

  it('a name that was public when it was asked for first, and is not when it is connected to', async () => {
    const handled = jest.fn<RequestListener>(redirectTo('/again'))
    const wire = await serving(handled)
    const lookup = resolver([PUBLIC], ['127.0.0.1'])
    await expect(guardedFetch(ORIGIN, { ...wire, lookup: asLookup(lookup) })).rejects.toEqual(code('fetch_refused'))
    expect(handled).toHaveBeenCalledTimes(1)
    // Once a connection: an address that is checked is the address that is used.
    expect(lookup).toHaveBeenCalledTimes(2)
  })
})

describe('a guarded fetch', () => {
  it('gives the status, the headers and the text of an answer, whatever the status', async () => {
    const wire = await serving((_request, response) => response.writeHead(404, { 'x-kind': 'none' }).end('grüße'))
    const answer = await guardedFetch(`${ORIGIN}/did.json?x=1`, wire)
    expect(answer).toMatchObject({ status: 404, text: 'grüße', headers: { 'x-kind': 'none' } })
  })

  it('sends its method, headers and body', async () => {
    const wire = await serving((incoming, response) => {
      const { method, url, headers } = incoming
      void text(incoming).then((body) => response.end(JSON.stringify([method, url, headers['content-type'], body])))
    })
    const headers = { 'content-type': 'text/plain' }
    const answer = await guardedFetch(`${ORIGIN}/inbox?a=b`, { ...wire, method: 'POST', headers, body: 'hello' })
    expect(JSON.parse(answer.text)).toEqual(['POST', '/inbox?a=b', 'text/plain', 'hello'])
  })

  it('reads an answer of as many bytes as it may, and no more', async () => {
    const wire = await serving((_request, response) => response.end('x'.repeat(1000)))
    expect((await guardedFetch(ORIGIN, { ...wire, maxBytes: 1000 })).text).toHaveLength(1000)
    await expect(guardedFetch(ORIGIN, { ...wire, maxBytes: 999 })).rejects.toEqual(code('fetch_failed'))
  })

  it('stops reading an endless answer', async () => {
    const closed = new Promise((resolve) => {
      void serving((_request, response) => {
        const timer = setInterval(() => response.write('x'.repeat(10_000)), 1)
        response.on('close', () => resolve(clearInterval(timer)))
      }).then(async (wire) => {
        await expect(guardedFetch(ORIGIN, { ...wire, maxBytes: 50_000 })).rejects.toEqual(code('fetch_failed'))
      })
    })
    await closed
  })

  it.each([
    ['no answer', () => undefined],
    [
      'an answer without an end',
      (_request: unknown, response: { write(text: string): unknown }) => void response.write('x'),
    ],
  ])('gives up in time on %s', async (_what, listener) => {
    const wire = await serving(listener)
    const startedMs = performance.now()
    await expect(guardedFetch(ORIGIN, { ...wire, timeoutMs: 100 })).rejects.toEqual(code('fetch_failed'))
    expect(performance.now() - startedMs).toBeLessThan(2000)
  })

  it('counts the time of its redirects together', async () => {
    const wire = await serving(
      (incoming, response) => void setTimeout(() => redirectTo('/next')(incoming, response), 60),
    )
    const fetching = guardedFetch(ORIGIN, { ...wire, timeoutMs: 150, maxRedirects: 100 })
    await expect(fetching).rejects.toEqual(code('fetch_failed'))
  })

  it('follows as many redirects as it may, and no more', async () => {
    const wire = await serving((incoming, response) => {
      const hop = Number(incoming.url?.slice(1))
      if (hop === 3) response.end('here')
      else redirectTo(`/${hop + 1}`)(incoming, response)
    })
    expect((await guardedFetch(`${ORIGIN}/0`, { ...wire, maxRedirects: 3 })).text).toBe('here')
    await expect(guardedFetch(`${ORIGIN}/0`, { ...wire, maxRedirects: 2 })).rejects.toEqual(code('fetch_failed'))
  })

  it('does not carry a POST elsewhere', async () => {
    const wire = await serving(redirectTo('https://elsewhere.example/'))
    const answer = await guardedFetch(ORIGIN, { ...wire, method: 'POST', body: 'secret' })
    expect(answer).toMatchObject({ status: 302, headers: { location: 'https://elsewhere.example/' } })
  })

  it('shows its credentials to the host that they are meant for only', async () => {
    const seen: unknown[] = []
    const wire = await serving(({ headers, url }, response) => {
      seen.push([headers.authorization, headers['x-api-key'], headers.accept])
      if (url === '/') response.writeHead(302, { location: '/same' }).end()
      else if (url === '/same') response.writeHead(302, { location: 'https://elsewhere.example/end' }).end()
      else response.end()
    })
    const headers = { Authorization: 'Bearer x', 'X-API-Key': 'y', Accept: 'text/plain' }
    await guardedFetch(`${ORIGIN}/`, { ...wire, headers })
    const all = ['Bearer x', 'y', 'text/plain']
    expect(seen).toEqual([all, all, [undefined, undefined, 'text/plain']])
  })

  it('fails when the connection breaks, before or in the middle of an answer', async () => {
    const before = await serving((incoming) => incoming.socket.destroy())
    await expect(guardedFetch(ORIGIN, before)).rejects.toEqual(code('fetch_failed'))
    server?.close()
    const within = await serving((incoming, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('x', () => incoming.socket.destroy())
    })
    await expect(guardedFetch(ORIGIN, within)).rejects.toEqual(code('fetch_failed'))
  })

  it('does not say what it found: an error is no way to look at the network', async () => {
    const wire = await serving((incoming) => incoming.socket.destroy())
    const error = await guardedFetch(`${ORIGIN}/secret-path`, wire).catch((cause: unknown) => cause)
    expect((error as Error).message).toBe('fetch_failed: https://did.example did not answer as expected')
  })
})
