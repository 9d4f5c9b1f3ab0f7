import type { DIDResolutionResult, DIDResolver } from 'did-resolver'
import { getResolver } from 'ethr-did-resolver'

/** The address of an Ethereum node for each network that did:ethr is resolved on. */
export type EthrNetworks = Readonly<Record<string, string | undefined>>

/** A node that takes the question and says nothing would keep its caller for minutes. */
const TIMEOUT_MS = 10_000

/**
 * Resolves `did:ethr` on the networks that have a node; without any, the method is not supported. The nodes are the
 * operator's choice, never the caller's. One that does not answer in time is `notFound`, with what happened as `message`.
 */
export function ethrDidResolver(networks: EthrNetworks, timeoutMs = TIMEOUT_MS): { ethr: DIDResolver } {
  const configured = Object.entries(networks).flatMap(([name, rpcUrl]) => (rpcUrl ? [{ name, rpcUrl }] : []))
  if (configured.length === 0) return { ethr: unsupported }
  // It has a version of did-resolver's types of its own; the shape is the same.
  const { ethr } = getResolver({ networks: configured }) as unknown as { ethr: DIDResolver }
  return { ethr: (...asked) => inTime(ethr(...asked), timeoutMs) }
}

async function inTime(answer: Promise<DIDResolutionResult>, timeoutMs: number): Promise<DIDResolutionResult> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<DIDResolutionResult>((resolve) => {
    timer = setTimeout(() => resolve(notFound(`the node has not answered within ${timeoutMs} ms`)), timeoutMs)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

function notFound(message: string): DIDResolutionResult {
  return { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: { error: 'notFound', message } }
}

/** What a resolver without the method answers. */
const unsupported: DIDResolver = async () => ({
  didDocument: null,
  didDocumentMetadata: {},
  didResolutionMetadata: { error: 'unsupportedDidMethod' },
})
