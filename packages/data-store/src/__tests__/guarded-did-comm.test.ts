import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createAgent } from '@veramo/core'
import type { IAgentPlugin, IResolver, TAgent } from '@veramo/core-types'
import { DIDComm, type IDIDComm } from '@veramo/did-comm'
import { runInTenant, type Database, type GuardedResponse } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { guardedDIDComm, MessageInbox } from '../index.js'
import { openStudio } from './agents.js'

const baseUrl = 'http://localhost:3332/'

describeOnEachDatabase('guarded DIDComm', (fresh) => {
  let database: Database
  let resolutions = 0
  const sent: string[] = []
  const documents: Record<string, unknown> = {}

  beforeAll(async () => {
    database = await openStudio(await fresh())
  })
  afterAll(() => database.close())

  const resolver: IAgentPlugin = {
    methods: {
      resolveDid: async ({ didUrl }: { didUrl: string }) => {
        resolutions += 1
        const key = { id: `${didUrl}#k`, type: 'X25519KeyAgreementKey2019', publicKeyHex: '09'.padEnd(64, '0') }
        return {
          didDocument: { id: didUrl, keyAgreement: [key], service: documents[didUrl] },
          didResolutionMetadata: {},
        }
      },
    },
  }
  const opened = (): TAgent<IDIDComm & IResolver> => {
    const inbox = new MessageInbox({ database, custody: { holds: async () => false } })
    const fetch = async (address: string): Promise<GuardedResponse> => {
      sent.push(address)
      return { status: 200, headers: { 'content-type': 'application/didcomm-plain+json' }, text: '"{}"' }
    }
    return createAgent<IDIDComm & IResolver>({
      plugins: [resolver, guardedDIDComm(new DIDComm(), { database, baseUrl, inbox, fetch })],
    })
  }
  const send = (agent: TAgent<IDIDComm>, recipientDidUrl: string, message = '{"to":"did:x:nobody"}') =>
    runInTenant('tenant', () =>
      agent.sendDIDCommMessage({ packedMessage: { message }, messageId: 'x', recipientDidUrl }),
    )

  it('has no method that fetches by itself, and does nothing without a tenant', async () => {
    const agent = opened()
    expect(agent.availableMethods()).not.toContain('sendMessageDIDCommAlpha1')
    for (const [method, args] of [
      ['packDIDCommMessage', { packing: 'none', message: {} }],
      ['unpackDIDCommMessage', { message: '{}' }],
      ['sendDIDCommMessage', { packedMessage: { message: '{}' }, messageId: 'x', recipientDidUrl: 'did:x:y' }],
    ] as const) {
      await expect(agent.execute(method, args)).rejects.toMatchObject({ code: 'tenant_required' })
    }
  })

  it('takes no other object for a DIDComm', () => {
    const inbox = new MessageInbox({ database, custody: { holds: async () => false } })
    for (const other of [{}, { methods: {} }] as unknown as DIDComm[]) {
      expect(() => guardedDIDComm(other, { database, baseUrl, inbox })).toThrow('setting_invalid')
    }
  })

  it('sends by the guard, and takes no answer on the same connection', async () => {
    documents['did:x:far'] = [{ id: '#m', type: 'DIDCommMessaging', serviceEndpoint: 'https://example.com/m' }]
    expect(await send(opened(), 'did:x:far')).toEqual({ transportId: 'guarded-https' })
    expect(sent.splice(0)).toEqual(['https://example.com/m'])
  })

  it('hands what is for this service to its inbox, and says why where nobody is there', async () => {
    documents['did:x:here'] = [
      { id: '#m', type: 'DIDCommMessaging', serviceEndpoint: 'http://localhost:3332/messaging' },
    ]
    await expect(send(opened(), 'did:x:here')).rejects.toMatchObject({ code: 'not_found' })
    await expect(send(opened(), 'did:x:here', 'nonsense')).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(sent).toEqual([])
  })

  it('comes to an end where documents lead in a circle, or name many places', async () => {
    documents['did:x:circle'] = [{ id: '#m', type: 'DIDCommMessaging', serviceEndpoint: { uri: 'did:x:circle' } }]
    resolutions = 0
    await expect(send(opened(), 'did:x:circle')).rejects.toThrow('Could not send DIDComm message')
    expect(resolutions).toBe(8)
    documents['did:x:routed'] = [
      ...[
        {
          id: '#m',
          type: 'DIDCommMessaging',
          serviceEndpoint: {
            uri: 'https://example.com',
            routingKeys: Array.from({ length: 99 }, () => 'did:x:circle'),
          },
        },
      ],
    ]
    resolutions = 0
    await expect(send(opened(), 'did:x:routed')).rejects.toMatchObject({ code: 'fetch_refused' })
    expect(resolutions).toBe(8)
    const many = Array.from({ length: 50 }, (_none, at) => ({
      ...{ id: `#${at}`, type: 'DIDCommMessaging', serviceEndpoint: `https://example.com/${at}` },
    }))
    documents['did:x:many'] = many
    await send(opened(), 'did:x:many')
    expect(sent.splice(0)).toHaveLength(4)
  })
})
