import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { DIDResolutionResult, IAgent, IIdentifier, IMessage } from '@veramo/core-types'
import { newCustomer, refusalOf, type Customer, type SuiteContext } from '../agents/suite-context.js'
import { addMessaging, didOf, pack, PACKINGS, received, send, type DidKind } from '../agents/messages.js'

const DIDS: DidKind[] = ['did:key', 'did:peer', 'did:web']

export function messaging(context: SuiteContext): void {
  describe('messaging', () => {
    let sender: Customer
    let recipient: Customer

    beforeAll(async () => {
      await context.setup()
      ;[sender, recipient] = [await newCustomer(context), await newCustomer(context)]
    })
    afterAll(() => context.tearDown())

    it.each(PACKINGS)(
      'packs and opens between two tenants, by keys that stay with the service: %s',
      async (packing) => {
        for (const kind of DIDS) {
          const [from, to] = [await didOf(context, sender.agent, kind), await didOf(context, recipient.agent, kind)]
          const packed = await pack(sender.agent, packing, { from, to: [to], body: { text: kind } })
          const opened = await recipient.agent.execute<object, object>('unpackDIDCommMessage', { message: packed })
          expect(opened).toMatchObject({ message: { from, to: [to], body: { text: kind } }, metaData: { packing } })
          const { keys } = await sender.agent.execute<object, IIdentifier>('didManagerGet', { did: from })
          expect(JSON.stringify(keys)).not.toMatch(/private/i)
          if (!packing.endsWith('crypt')) continue
          // Its own sender cannot open it, and neither can anybody else.
          const other = await newCustomer(context)
          for (const { agent } of [sender, other]) {
            expect(await refusalOf(agent.execute('unpackDIDCommMessage', { message: packed }))).toMatch(
              /unable to decrypt/,
            )
          }
        }
      },
    )

    it('delivers from one tenant to another, where it is read as a message is, and nowhere else', async () => {
      const other = await newCustomer(context)
      const [from, to] = [
        await didOf(context, sender.agent, 'did:peer'),
        await didOf(context, recipient.agent, 'did:web'),
      ]
      const { didDocument } = await other.agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl: to })
      expect(didDocument?.service).toMatchObject([{ type: 'DIDCommMessaging' }])
      for (const did of [from, to]) {
        const imported = { did, provider: 'did:web', keys: [], services: [] }
        await other.agent.execute('didManagerImport', imported)
      }
      for (const packing of PACKINGS) {
        const message = { id: `sent-${packing}`, from, to: [to], body: { packing }, created_time: 1_700_000_000 }
        expect(await send(sender.agent, to, packing, message)).toMatchObject({
          transportId: 'guarded-https',
        })
        expect(await received(recipient.agent, message.id)).toMatchObject([
          { from, to, data: { packing }, createdAt: '2023-11-14T22:13:20.000Z', type: 'https://example.com/test' },
        ])
        for (const { agent } of [sender, other]) expect(await received(agent, message.id)).toEqual([])
      }
    })

    it('answers a trust ping', async () => {
      const [from, to] = [
        await didOf(context, sender.agent, 'did:peer'),
        await didOf(context, recipient.agent, 'did:peer'),
      ]
      const ping = { id: 'ping', type: 'https://didcomm.org/trust-ping/2.0/ping', from, to: [to], body: {} }
      await send(sender.agent, to, 'authcrypt', ping)
      const [answer] = await received(sender.agent, 'ping-response')
      expect(answer).toMatchObject({ from: to, to: from, threadId: 'ping' })
      expect(answer?.metaData).toContainEqual({ type: 'didCommMetaData', value: '{"packing":"authcrypt"}' })
    })

    it('handles a credential that a message brings', async () => {
      const [issuer, holder] = [
        await didOf(context, sender.agent, 'did:key'),
        await didOf(context, recipient.agent, 'did:peer'),
      ]
      const credential = { issuer: { id: issuer }, credentialSubject: { id: holder, name: 'Ada' } }
      const issued = await sender.agent.execute<object, object>('createVerifiableCredential', {
        ...{ credential, proofFormat: 'jwt' },
      })
      await send(sender.agent, holder, 'anoncrypt', {
        id: 'vc',
        type: 'w3c.vc',
        from: issuer,
        to: [holder],
        body: issued,
      })
      const [message] = await recipient.agent.execute<object, IMessage[]>('dataStoreORMGetMessages', {
        where: [{ column: 'type', value: ['w3c.vc'] }],
      })
      expect(message).toMatchObject({ from: issuer, to: holder, credentials: [issued] })
    })

    it('handles a message that a tenant hands in itself, in that tenant', async () => {
      const [from, to] = ['did:example:ada', await didOf(context, recipient.agent, 'did:key')]
      const raw = await pack(sender.agent, 'none', { id: 'handed-in', from, to: [to], body: {} })
      const handled = await recipient.agent.execute<object, IMessage>('handleMessage', { raw, save: true })
      expect(handled).toMatchObject({ id: 'handed-in', from, to })
      expect(await received(recipient.agent, 'handed-in')).toHaveLength(1)
      expect(await received(sender.agent, 'handed-in')).toEqual([])
      expect(await refusalOf(recipient.agent.execute('handleMessage', { raw: 'nonsense', save: true }))).toMatch(
        /Unsupported/,
      )
    })

    it('sends nothing to where only the service reaches, and does not go round in circles', async () => {
      const { did } = await recipient.agent.execute<object, IIdentifier>('didManagerCreate', {
        ...{ provider: 'did:web', alias: 'steered', options: { keyType: 'Ed25519' } },
      })
      const attempt = async (agent: IAgent, serviceEndpoint: unknown) => {
        await addMessaging(recipient.agent, did, serviceEndpoint)
        const sending = send(agent, did, 'none', { from: 'did:example:ada', to: [did], body: {} })
        const refusal = await refusalOf(sending)
        await recipient.agent.execute('didManagerRemoveService', { did, id: `${did}#messaging` })
        return refusal
      }
      for (const address of [
        'http://example.com/messaging',
        'http://localhost/messaging',
        'https://127.0.0.1/messaging',
        'https://169.254.169.254/latest',
        'https://[::1]/',
        'https://10.0.0.1/',
        'https://localhost/',
      ]) {
        for (const endpoint of [address, { uri: address }, [{ uri: address }]]) {
          expect(`${address} ${await attempt(sender.agent, endpoint)}`).toMatch(/ fetch_refused: /)
        }
      }
      expect(await attempt(sender.agent, did)).toMatch(/Could not send DIDComm message/)
      expect(await attempt(sender.agent, { uri: did, routingKeys: Array.from({ length: 60 }, () => did) })).toMatch(
        /too many DIDs|Could not send DIDComm message/,
      )
    })
  })
}
