import { keepOutOfDebug, kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { DIDComm, IDIDComm } from '@veramo/did-comm'
import { boundedAgent, unboundedAgent } from './bounded-agent.js'
import { GuardedDIDCommTransport, reasonOf, type GuardedDIDCommTransportOptions } from './did-comm-transport.js'
import type { MessageInbox } from './message-inbox.js'
import { didCommSchema } from './veramo-schema.js'

export interface GuardedDIDCommOptions extends Pick<GuardedDIDCommTransportOptions, 'fetch'> {
  database: Database
  /** Where clients reach the service. */
  baseUrl: string
  /** Takes what is sent to `<baseUrl>/messaging`: the same way as from outside, but for the wire. */
  inbox: MessageInbox
}

type Send = IDIDComm['sendDIDCommMessage']

/** Where the inbox is served. */
export const MESSAGING_PATH = '/messaging'

/** A document may send on to another DID, and that one to the next; each is resolved once, or twice. */
const MAX_RESOLUTIONS = 8
const MAX_DELIVERIES = 4
/** Their arguments or results are messages in the clear. */
const SECRET_METHODS = ['handleMessage', 'packDIDCommMessage', 'unpackDIDCommMessage']

/**
 * Makes a `DIDComm` of `@veramo/did-comm` fit for many tenants: it sends to public https addresses alone, and to this
 * service itself; documents that a caller steers cannot make it go on for ever; without a tenant it does nothing. The
 * method of the first drafts of DIDComm (`sendMessageDIDCommAlpha1`), which fetches by itself whatever address it is given, goes.
 */
export function guardedDIDComm(didComm: DIDComm, options: GuardedDIDCommOptions): DIDComm {
  const methods = didComm.methods as Partial<IDIDComm> | undefined
  const { packDIDCommMessage, unpackDIDCommMessage, sendDIDCommMessage } = methods ?? {}
  if (!methods || !packDIDCommMessage || !unpackDIDCommMessage || !sendDIDCommMessage) {
    throw kitErrors.setting_invalid('guardedDIDComm takes a DIDComm of @veramo/did-comm 7')
  }
  const ofTenant = <Args, Context, Result>(method: (args: Args, context: Context) => Promise<Result>) => {
    return async (args: Args, context: Context): Promise<Result> => {
      options.database.tenantId()
      return method(args, context)
    }
  }
  delete methods.sendMessageDIDCommAlpha1
  methods.packDIDCommMessage = ofTenant(packDIDCommMessage)
  methods.unpackDIDCommMessage = ofTenant(unpackDIDCommMessage)
  methods.sendDIDCommMessage = ofTenant((args, context) => send(didComm, options, [args, context]))
  keepOutOfDebug(SECRET_METHODS)
  return Object.assign(didComm, { schema: didCommSchema(didComm.schema) })
}

/** Each call has a transport of its own, which knows the agent. */
async function send(
  didComm: DIDComm,
  { database, baseUrl, inbox, fetch }: GuardedDIDCommOptions,
  [args, context]: Parameters<Send>,
): ReturnType<Send> {
  const { agent } = context
  const origin = { name: database.tenantId(), anonymous: false }
  const transport = new GuardedDIDCommTransport({
    own: {
      address: baseUrl.replace(/\/$/, '') + MESSAGING_PATH,
      deliver: async (raw) => void (await inbox.receive(unboundedAgent(agent), { raw, origin })),
    },
    maxDeliveries: MAX_DELIVERIES,
    ...(fetch && { fetch }),
  })
  const bounded = boundedAgent(agent, { maxResolutions: MAX_RESOLUTIONS }) as typeof agent
  const sending = Object.assign(Object.create(didComm) as DIDComm, { transports: [transport] })
  try {
    return await sending.sendDIDCommMessage(args, { ...context, agent: bounded })
  } catch (error) {
    throw reasonOf(transport) ?? error
  }
}
