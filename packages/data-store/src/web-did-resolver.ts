import {
  guardedFetch,
  isPlainObject,
  isStudioError,
  type Database,
  type GuardedResponse,
} from '@veramo-studio/plugin-kit'
import type { DIDDocument, DIDResolutionResult, DIDResolver } from 'did-resolver'
import { parseHostedDid, readHostedDid } from './hosted-did.js'

export interface WebDidResolverOptions {
  /** Of the DIDs that this service hosts itself: they are read, and not fetched. */
  database: Database
  /** Where clients reach the service. */
  baseUrl: string
  /** Fetches a document; `guardedFetch` by default. */
  fetch?: (address: string, options: { headers: Record<string, string> }) => Promise<GuardedResponse>
}

const HOST = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i
const SEGMENT = /^(?!\.{1,2}$)[\w.~!$&'()*+,;=@-]+$/
const HEADERS = { accept: 'application/did+ld+json, application/did+json, application/json' }

/**
 * Resolves `did:web`, for Veramo's `DIDResolverPlugin`. The address is the caller's choice, so it is fetched over https
 * and from public hosts alone. What is wrong is told in `didResolutionMetadata`: `invalidDid` or `notFound`.
 * https://w3c-ccg.github.io/did-method-web/
 */
export function webDidResolver({ database, baseUrl, fetch = guardedFetch }: WebDidResolverOptions): {
  web: DIDResolver
} {
  const read = async (did: string, address: string): Promise<unknown> => {
    const hosted = parseHostedDid(baseUrl, did)
    if (hosted !== undefined) return readHostedDid({ database, baseUrl }, hosted)
    const { status, text } = await fetch(address, { headers: HEADERS })
    if (status < 200 || status > 299) throw new Error(`Bad response ${status}`)
    return JSON.parse(text)
  }
  const web: DIDResolver = async (did, { id }) => {
    const address = addressOf(id)
    if (address === undefined) return failure('invalidDid', 'resolver_error: the DID names no address')
    let document: unknown
    try {
      document = await read(did, address)
    } catch (error) {
      // A fault of our own store is no answer of the web.
      if (isStudioError(error) && error.status === 503) throw error
      const reason = error instanceof Error ? error.message : String(error)
      return failure(
        'notFound',
        `resolver_error: DID must resolve to a valid https URL containing a JSON document: ${reason}`,
      )
    }
    if (!isPlainObject(document) || document['id'] !== did) {
      return failure('notFound', 'resolver_error: DID document id does not match requested did')
    }
    const contentType = document['@context'] === undefined ? 'application/did+json' : 'application/did+ld+json'
    return {
      didDocument: document as unknown as DIDDocument,
      didDocumentMetadata: {},
      didResolutionMetadata: { contentType },
    }
  }
  return { web }
}

/** The address of a document; undefined where a part of the DID would change the meaning of an address. */
function addressOf(id: string): string | undefined {
  const [host = '', ...path] = id.split(':').map(decoded)
  if (!HOST.test(host) || !path.every((segment) => SEGMENT.test(segment))) return undefined
  return `https://${[host, ...(path.length === 0 ? ['.well-known'] : path), 'did.json'].join('/')}`
}

/** Empty, and so refused, for what is not encoded as it should be. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

function failure(error: string, message: string): DIDResolutionResult {
  return { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error, message } }
}
