import type { DIDResolver } from 'did-resolver'
import { getResolver } from 'ethr-did-resolver'

/** The address of an Ethereum node for each network that did:ethr is resolved on. */
export type EthrNetworks = Readonly<Record<string, string | undefined>>

/**
 * Resolves `did:ethr` on the networks that have a node; without any, the method is not supported. The nodes are the
 * operator's choice, never the caller's.
 */
export function ethrDidResolver(networks: EthrNetworks): { ethr: DIDResolver } {
  const configured = Object.entries(networks).flatMap(([name, rpcUrl]) => (rpcUrl ? [{ name, rpcUrl }] : []))
  if (configured.length === 0) return { ethr: unsupported }
  // It has a version of did-resolver's types of its own; the shape is the same.
  return getResolver({ networks: configured }) as unknown as { ethr: DIDResolver }
}

/** What a resolver without the method answers. */
const unsupported: DIDResolver = async () => ({
  didDocument: null,
  didDocumentMetadata: {},
  didResolutionMetadata: { error: 'unsupportedDidMethod' },
})
