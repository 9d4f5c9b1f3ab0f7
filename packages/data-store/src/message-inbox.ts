import { kitErrors, runInTenant, systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { DIDResolutionResult, IAgent } from '@veramo/core-types'
import { claimedKeys, managedDids, type ClaimedKey } from './did-holders.js'
import { MessageAdmission, type AdmissionLimits, type MessageOrigin } from './message-admission.js'
import { readEnvelope } from './message-envelope.js'
import { publicKeysOf } from './public-keys.js'
import { receiveMessage, type ReceivedMessage } from './receive-message.js'
import type { CustomerGate } from './save-received-message.js'

/** Whether a tenant has a private key. `CustodianKms` of `@veramo-studio/key-custody` does. */
export interface KeyCustody {
  /** True where the private key under this kid, of the tenant that runs, is that of the public key. */
  holds(key: { kid: string; publicKeyHex: string }): Promise<boolean>
}

export interface MessageInboxOptions extends AdmissionLimits {
  database: Database
  custody: KeyCustody
  /** Default: every tenant may receive. */
  customers?: CustomerGate
  clock?: Clock
  /** The longest message that is taken, also from here. Default 1 MiB. */
  maxMessageBytes?: number
}

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_576

/**
 * Takes messages from anybody, and gives each to the tenants that it is for: those that manage a DID which the message
 * is addressed to, and hold a private key of the DID's own document. Nothing else of a message or its sender counts, and
 * that a tenant has imported a DID or a public key does not either. Where several hold the same key, each gets it.
 *
 * Errors: `invalid_argument` (400) for what is no message, `not_found` (404) for one that nobody here can receive,
 * whatever the reason, `messaging_busy` (503).
 */
export class MessageInbox {
  readonly maxMessageBytes: number
  private readonly admission: MessageAdmission

  constructor(private readonly options: MessageInboxOptions) {
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES
    this.admission = new MessageAdmission(options, options.clock ?? systemClock)
  }

  /**
   * @param agent handles it, and is called raw
   */
  async receive(agent: IAgent, { raw, origin }: { raw: string; origin: MessageOrigin }): Promise<ReceivedMessage> {
    if (Buffer.byteLength(raw) > this.maxMessageBytes) {
      throw kitErrors.invalid_argument(`a message must not be longer than ${this.maxMessageBytes} bytes`)
    }
    const envelope = readEnvelope(raw)
    return this.admission.run(origin, async () => {
      const { database, customers, clock = systemClock } = this.options
      let received: ReceivedMessage | undefined
      for (const tenantId of await this.recipients(agent, envelope.recipients)) {
        const here = await receiveMessage({ database, clock, customers }, tenantId, { agent, raw, envelope })
        received ??= here
      }
      // The same bytes for a DID that is not here, one that is not its tenant's own, and a message that does not open.
      if (received === undefined) throw kitErrors.not_found('nobody here can receive this message')
      return received
    })
  }

  /** The tenants that hold a private key of one of these DIDs. */
  private async recipients(agent: IAgent, dids: readonly string[]): Promise<Set<string>> {
    const managed = await managedDids(this.options.database, dids)
    const claims = await Promise.all(managed.map((did) => this.claims(agent, did)))
    const tenants = new Set<string>()
    for (const claim of claims.flat()) {
      if (!tenants.has(claim.tenantId) && (await this.isHeld(claim))) tenants.add(claim.tenantId)
    }
    return tenants
  }

  private async claims(agent: IAgent, did: string): Promise<ClaimedKey[]> {
    const { didDocument } = await agent.execute<object, DIDResolutionResult>('resolveDid', { didUrl: did })
    if (!didDocument) return []
    return claimedKeys(this.options.database, { did, publicKeys: publicKeysOf(didDocument) })
  }

  private async isHeld({ tenantId, kid, publicKeyHex }: ClaimedKey): Promise<boolean> {
    return runInTenant(tenantId, () => this.options.custody.holds({ kid, publicKeyHex }))
  }
}
