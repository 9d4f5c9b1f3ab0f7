import { guardedFetch, isPlainObject, isStudioError, kitErrors, type GuardedResponse } from '@veramo-studio/plugin-kit'
import type { IDIDCommTransport, IDIDCommTransportResult } from '@veramo/did-comm'

export interface GuardedDIDCommTransportOptions {
  /** Takes messages for an address of this service itself, which need not be a public one. */
  own?: { address: string; deliver: (message: string) => Promise<void> }
  /** How many messages are sent in all. Default without a limit. */
  maxDeliveries?: number
  /** Posts a message; `guardedFetch` by default. */
  fetch?: (
    address: string,
    options: { method: 'POST'; headers: Record<string, string>; body: string },
  ) => Promise<GuardedResponse>
}

/**
 * Sends DIDComm messages for Veramo's `DIDComm`. Whoever writes a DID document chooses the address, so it is one of the
 * public Internet, over https, and its answer is never followed elsewhere. Answers on the same connection are not taken:
 * what is answered arrives as any message does.
 */
export class GuardedDIDCommTransport implements IDIDCommTransport {
  readonly id = 'guarded-https'
  /** What went wrong last. Veramo hides it in the cause of an error of its own. */
  failure: unknown
  private deliveries = 0

  constructor(private readonly options: GuardedDIDCommTransportOptions = {}) {}

  isServiceSupported(service: unknown): boolean {
    return /^https?:/i.test(endpointOf(service) ?? '')
  }

  async send(service: unknown, message: string): Promise<IDIDCommTransportResult> {
    try {
      await this.deliver(endpointOf(service) ?? '', message)
      return { result: 'sent' }
    } catch (error) {
      this.failure = error
      return { error: error instanceof Error ? error.message : String(error) }
    }
  }

  private async deliver(address: string, message: string): Promise<void> {
    const { own, maxDeliveries = Infinity, fetch = guardedFetch } = this.options
    this.deliveries += 1
    if (this.deliveries > maxDeliveries) throw kitErrors.fetch_refused('the document names too many places')
    if (own !== undefined && isSameAddress(address, own.address)) return own.deliver(message)
    const headers = { 'content-type': mediaTypeOf(message) }
    const { status } = await fetch(address, { method: 'POST', headers, body: message })
    if (status < 200 || status > 299) throw kitErrors.fetch_failed(`the recipient's service answered with ${status}`)
  }
}

/** An endpoint is an address, an object with one, or a list of either, whose first is taken, as Veramo does. */
function endpointOf(service: unknown): string | undefined {
  const endpoint = isPlainObject(service) ? service['serviceEndpoint'] : undefined
  const first: unknown = Array.isArray(endpoint) ? endpoint[0] : endpoint
  const address = isPlainObject(first) ? first['uri'] : first
  return typeof address === 'string' ? address : undefined
}

function isSameAddress(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).href === new URL(other).href
}

/** As the message says itself, in the clear or in its protected header. */
function mediaTypeOf(message: string): string {
  const typ = typeOf(message)
  return typ !== undefined && /^application\/didcomm-(plain|signed|encrypted)\+json$/.test(typ)
    ? typ
    : 'application/json'
}

function typeOf(message: string): string | undefined {
  const parsed = parsedObject(message)
  const header = parsed?.['protected']
  const holder = typeof header === 'string' ? parsedObject(Buffer.from(header, 'base64url').toString('utf8')) : parsed
  const typ = holder?.['typ']
  return typeof typ === 'string' ? typ : undefined
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isPlainObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The error of ours that a failed sending goes back to, if any does. */
export function reasonOf({ failure }: GuardedDIDCommTransport): Error | undefined {
  return isStudioError(failure) ? failure : undefined
}
