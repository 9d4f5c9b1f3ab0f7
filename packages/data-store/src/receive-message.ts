import { currentContext, isStudioError, runAsPrincipal, type Principal } from '@veramo-studio/plugin-kit'
import type { IAgent, IMessage, IMetaData } from '@veramo/core-types'
import type { IUnpackedDIDCommMessage } from '@veramo/did-comm'
import { boundedAgent } from './bounded-agent.js'
import type { MessageEnvelope } from './message-envelope.js'
import { findReceived, saveReceivedMessage, type ReceivingParts } from './save-received-message.js'

/** A message that has been received. */
export interface ReceivedMessage {
  id: string
  /** What its sender has asked to be answered on the same connection. */
  answer?: { id: string; message: string; contentType: string }
}

export interface ArrivingMessage {
  agent: IAgent
  raw: string
  envelope: MessageEnvelope
}

/** As Veramo's own `MessagingRouter` is set up by its default agent. */
const META_DATA: IMetaData[] = [{ type: 'DIDComm', value: 'https' }]

/** Of its sender, its recipients, and the issuers of what comes with it. */
const MAX_RESOLUTIONS = 32

/**
 * Handles a message inside one tenant, and stores it there. Undefined where it is not for this tenant: it does not open,
 * is not from or to whom it says, or makes no sense. A fault of ours rejects, also one that a plugin swallowed.
 */
export async function receiveMessage(
  parts: ReceivingParts,
  tenantId: string,
  arriving: ArrivingMessage,
): Promise<ReceivedMessage | undefined> {
  // Whoever sends it may call nothing. What it sets off is uncharged, and its faults are collected.
  const sender: Principal = { tenantId, role: 'customer', permissions: [], environment: 'live' }
  return runAsPrincipal(sender, async () => {
    const received = await receive(parts, arriving).catch((error: unknown) => {
      if (isStudioError(error) && error.status >= 500) throw error
      // What strangers send may break any of Veramo's handlers: then it was no message.
      return undefined
    })
    const fault = currentContext().storeFaults?.[0]
    if (fault !== undefined) throw fault
    return received
  })
}

async function receive(
  parts: ReceivingParts,
  { agent, raw, envelope }: ArrivingMessage,
): Promise<ReceivedMessage | undefined> {
  let bounded = boundedAgent(agent, { maxResolutions: MAX_RESOLUTIONS })
  if (envelope.kind !== 'stated') {
    const unpacked = await bounded.execute<object, IUnpackedDIDCommMessage>('unpackDIDCommMessage', { message: raw })
    const { id, from } = unpacked.message
    if (!isAddressedRight(unpacked, envelope)) return undefined
    const stored = await findReceived(parts.database, { id, from })
    if (stored !== 'none') return stored === 'same' ? { id } : undefined
    // Where it did not open a second time, since its sender's document has changed in between, Veramo's handler would try
    // every key that the tenant has.
    const overrides = { unpackDIDCommMessage: async () => unpacked }
    bounded = boundedAgent(bounded, { maxResolutions: MAX_RESOLUTIONS, overrides })
  }
  const metaData = META_DATA.map((each) => ({ ...each }))
  const message = await bounded.execute<object, IMessage>('handleMessage', { raw, metaData, save: false })
  const id = await saveReceivedMessage(parts, message)
  if (id === undefined) return undefined
  void agent.emit('savedMessage', message)
  const answer = answerOf(message)
  return answer === undefined ? { id } : { id, answer }
}

/**
 * Veramo opens a message without a look at whom it is from and to inside. DIDComm: `to` names the recipient, and `from`
 * the one whose key has encrypted it. (That `from` of a signed message names the signer, Veramo checks.)
 * https://identity.foundation/didcomm-messaging/spec/v2.1/#message-layer-addressing-consistency
 */
function isAddressedRight({ message, metaData }: IUnpackedDIDCommMessage, envelope: MessageEnvelope): boolean {
  const to: unknown[] = message.to === undefined ? [] : [message.to].flat()
  const isForRecipient = to.length === 0 || to.some((did) => envelope.recipients.includes(String(did)))
  return isForRecipient && (metaData.packing !== 'authcrypt' || message.from === envelope.sender)
}

/** What the handler of trust pings leaves for the router. */
function answerOf({ metaData }: IMessage): ReceivedMessage['answer'] {
  const found = metaData?.find(({ type }) => type === 'ReturnRouteResponse')
  return found?.value === undefined ? undefined : (JSON.parse(found.value) as ReceivedMessage['answer'])
}
