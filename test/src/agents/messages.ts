import { randomUUID } from 'node:crypto'
import type { IAgent, IIdentifier, IMessage } from '@veramo/core-types'
import type { SuiteContext } from './suite-context.js'

export type DidKind = 'did:key' | 'did:peer' | 'did:web'

export const PACKINGS = ['none', 'jws', 'anoncrypt', 'authcrypt'] as const
export type Packing = (typeof PACKINGS)[number]

export interface PlainMessage {
  id?: string
  type?: string
  from?: string
  to?: unknown
  body?: object
  [member: string]: unknown
}

/** Makes a DID whose document names the messaging of the service, where its method has services. */
export async function didOf(context: SuiteContext, agent: IAgent, provider: DidKind): Promise<string> {
  const serviceEndpoint = `${context.baseUrl()}/messaging`
  const service = { id: '#messaging', type: 'DIDCommMessaging', serviceEndpoint }
  const options = { 'did:key': {}, 'did:peer': { num_algo: 2, service }, 'did:web': { keyType: 'Ed25519' } }[provider]
  const { did } = await agent.execute<object, IIdentifier>('didManagerCreate', {
    ...{ provider, options, alias: randomUUID() },
  })
  if (provider === 'did:web') await addMessaging(agent, did, serviceEndpoint)
  return did
}

export async function addMessaging(agent: IAgent, did: string, serviceEndpoint: unknown): Promise<void> {
  const service = { id: `${did}#messaging`, type: 'DIDCommMessaging', serviceEndpoint }
  await agent.execute('didManagerAddService', { did, service })
}

export async function pack(agent: IAgent, packing: Packing, message: PlainMessage): Promise<string> {
  const whole = { id: randomUUID(), type: 'https://example.com/test', ...message }
  const packed = await agent.execute<object, { message: string }>('packDIDCommMessage', { packing, message: whole })
  return packed.message
}

/** Packs a message and sends it to the service that the recipient's document names. */
export async function send(
  agent: IAgent,
  recipientDidUrl: string,
  ...[packing, message]: [Packing, PlainMessage]
): Promise<unknown> {
  const packedMessage = { message: await pack(agent, packing, message) }
  const messageId = message.id ?? 'unnamed'
  return agent.execute<object, unknown>('sendDIDCommMessage', { packedMessage, messageId, recipientDidUrl })
}

/** What a tenant has under the id of a message. */
export async function received(agent: IAgent, id: string): Promise<IMessage[]> {
  return agent.execute<object, IMessage[]>('dataStoreORMGetMessages', { where: [{ column: 'id', value: [id] }] })
}
