import type { IAgentContext, IDataStoreORM, UniqueVerifiableCredential } from '@veramo/core-types'
import type {
  AbstractDidDiscoveryProvider,
  IDIDDiscoverMatch,
  IDIDDiscoveryDiscoverDidArgs,
  IDIDDiscoveryProviderResult,
} from '@veramo/did-discovery'

type Context = IAgentContext<IDataStoreORM>

/**
 * Finds DIDs in what the tenant has stored, for Veramo's `DIDDiscovery`: by a part of the name in a `Profile` credential,
 * or by a part of the DID or its alias.
 */
export class DataStoreDiscoveryProvider implements AbstractDidDiscoveryProvider {
  readonly name = 'data-store-discovery'

  async discoverDid({ query }: IDIDDiscoveryDiscoverDidArgs, context: Context): Promise<IDIDDiscoveryProviderResult> {
    const matches = [
      ...(await profiles(context, { column: 'value', query })),
      ...(await profiles(context, { column: 'subject', query })),
      ...(await identifiers(context, { column: 'did', query })),
      ...(await identifiers(context, { column: 'alias', query })),
    ]
    return { provider: this.name, matches }
  }
}

async function profiles(
  { agent }: Context,
  { column, query }: { column: 'value' | 'subject'; query: string },
): Promise<IDIDDiscoverMatch[]> {
  const found = await agent.dataStoreORMGetVerifiableCredentialsByClaims({
    where: [
      { column: 'type', value: ['name'] },
      { column, value: [`%${query}%`], op: 'Like' },
      { column: 'credentialType', value: ['VerifiableCredential,Profile'] },
    ],
  })
  return found.map(({ verifiableCredential }: UniqueVerifiableCredential) => ({
    did: verifiableCredential.credentialSubject.id as string,
    metaData: { verifiableCredential },
  }))
}

async function identifiers(
  { agent }: Context,
  { column, query }: { column: 'did' | 'alias'; query: string },
): Promise<IDIDDiscoverMatch[]> {
  const found = await agent.dataStoreORMGetIdentifiers({
    where: [{ column, value: [`%${query}%`], op: 'Like' }],
  })
  return found.map(({ did, alias }) => ({ did: did as string, metaData: { alias } }))
}
