import { describe, expect, it } from '@jest/globals'
import { kitErrors, type GuardedResponse } from '@veramo-studio/plugin-kit'
import { GuardedDIDCommTransport } from '../index.js'

const service = (serviceEndpoint: unknown) => ({ id: '#m', type: 'DIDCommMessaging', serviceEndpoint })
const sealed = JSON.stringify({
  protected: Buffer.from('{"typ":"application/didcomm-encrypted+json"}').toString('base64url'),
})

/** A transport, and what it has sent. */
function sending(answer: () => GuardedResponse = () => ({ status: 202, headers: {}, text: '' })) {
  const sent: unknown[] = []
  const delivered: string[] = []
  const transport = new GuardedDIDCommTransport({
    own: { address: 'http://localhost:3332/messaging', deliver: async (message) => void delivered.push(message) },
    maxDeliveries: 3,
    fetch: async (...request) => {
      sent.push(request)
      return answer()
    },
  })
  return { transport, sent, delivered }
}

describe('the transport of DIDComm', () => {
  it.each([['https://example.com/m'], [{ uri: 'https://example.com/m' }], [['https://example.com/m']]])(
    'posts to an endpoint of any form: %j',
    async (endpoint) => {
      const { transport, sent } = sending()
      expect(transport.isServiceSupported(service(endpoint))).toBe(true)
      expect(await transport.send(service(endpoint), sealed)).toEqual({ result: 'sent' })
      const headers = { 'content-type': 'application/didcomm-encrypted+json' }
      expect(sent).toEqual([['https://example.com/m', { method: 'POST', headers, body: sealed }]])
    },
  )

  it('says JSON of what names no type of DIDComm', async () => {
    const { transport, sent } = sending()
    for (const message of ['{"typ":"x\\r\\ny: z"}', 'a.b.c', '[]'])
      await transport.send(service('https://a.example'), message)
    expect(JSON.stringify(sent).match(/"content-type":"application\/json"/g)).toHaveLength(3)
  })

  it('fetches by the guard alone: neither plain http nor an address of this host or its network', async () => {
    const transport = new GuardedDIDCommTransport()
    for (const address of [
      ...['http://example.com', 'https://127.0.0.1', 'https://[::ffff:10.0.0.1]', 'https://169.254.169.254/latest'],
      ...['https://localhost', 'https://user:password@example.com'],
    ]) {
      const { error } = await transport.send(service(address), sealed)
      expect(`${address} ${error}`).toMatch(/ fetch_refused: /)
    }
    for (const endpoint of ['did:web:example.com', 'ws://example.com', 'ftp://x', undefined, [], {}]) {
      expect(transport.isServiceSupported(service(endpoint))).toBe(false)
    }
  })

  it('takes an answer that is not a success for a failure, a redirect too', async () => {
    for (const status of [302, 400, 503]) {
      const { transport } = sending(() => ({ status, headers: { location: 'http://127.0.0.1' }, text: '' }))
      const { error } = await transport.send(service('https://example.com'), sealed)
      expect(error).toBe(`fetch_failed: the recipient's service answered with ${status}`)
    }
  })

  it('hands over what is for this service, at exactly its address', async () => {
    const { transport, sent, delivered } = sending(() => {
      throw kitErrors.fetch_refused('only https addresses are fetched')
    })
    expect(await transport.send(service('http://localhost:3332/messaging'), sealed)).toEqual({ result: 'sent' })
    for (const address of ['http://localhost:3332/messaging?x', 'http://localhost:3332/agent/didManagerFind']) {
      expect(await transport.send(service(address), sealed)).toMatchObject({ error: expect.anything() as unknown })
    }
    expect(delivered).toEqual([sealed])
    expect(sent).toHaveLength(2)
  })

  it('sends no more than it may', async () => {
    const { transport, sent } = sending()
    for (let count = 0; count < 5; count += 1) await transport.send(service('https://example.com'), sealed)
    expect(sent).toHaveLength(3)
  })
})
