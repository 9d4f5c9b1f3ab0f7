import { describe, expect, it } from '@jest/globals'
import { kitErrors, openDatabase, type GuardedResponse } from '@veramo-studio/plugin-kit'
import { Resolver } from 'did-resolver'
import { Entities, guardedContexts, migrations, webDidResolver } from '../index.js'

const answer = (document: unknown, status = 200): GuardedResponse => ({
  ...{ status, headers: {}, text: typeof document === 'string' ? document : JSON.stringify(document) },
})

async function resolving(fetched: (address: string) => GuardedResponse) {
  const addresses: string[] = []
  const database = await openDatabase({ url: 'sqlite::memory:', entities: Entities, migrations }).catch(() => undefined)
  const fetch = async (address: string) => {
    addresses.push(address)
    return fetched(address)
  }
  const options = { database: database as NonNullable<typeof database>, baseUrl: 'http://localhost:3332', fetch }
  const resolver = new Resolver(webDidResolver(options))
  return { addresses, resolve: (did: string) => resolver.resolve(did) }
}

describe('the resolver of did:web', () => {
  it.each([
    ['did:web:example.com', 'https://example.com/.well-known/did.json'],
    ['did:web:example.com%3A8443:users:ada', 'https://example.com:8443/users/ada/did.json'],
    ['did:web:example.com:a.b-c_d', 'https://example.com/a.b-c_d/did.json'],
  ])('fetches %s from %s', async (did, address) => {
    const { addresses, resolve } = await resolving(() => answer({ '@context': [], id: did }))
    expect((await resolve(did)).didDocument).toEqual({ '@context': [], id: did })
    expect(addresses).toEqual([address])
  })

  it.each([
    'did:web:example.com%2F..%2Fadmin',
    'did:web:user%40example.com',
    'did:web:example.com:..:x',
    'did:web:example.com:a%2Fb',
    'did:web:example.com:a%3Fb',
    'did:web:example.com:%23',
    'did:web:%E0%A4%A',
    'did:web:exa%5Cmple.com',
  ])('fetches nothing for %s', async (did) => {
    const { addresses, resolve } = await resolving(() => answer({ id: did }))
    expect((await resolve(did)).didResolutionMetadata.error).toMatch(/invalidDid|notFound/)
    expect(addresses).toEqual([])
  })

  it('tells what is wrong with an answer, and takes no other DID’s document', async () => {
    const did = 'did:web:example.com'
    for (const response of [answer({ id: 'did:web:other' }), answer('no JSON'), answer('null'), answer({}, 404)]) {
      const { resolve } = await resolving(() => response)
      const { didDocument, didResolutionMetadata } = await resolve(did)
      expect([didDocument, didResolutionMetadata.error]).toEqual([null, 'notFound'])
    }
    const { resolve } = await resolving(() => {
      throw kitErrors.fetch_refused('not a public address')
    })
    expect((await resolve(did)).didResolutionMetadata['message']).toContain('fetch_refused')
  })
})

/** As the provider of Veramo loads, but for what it fetches by itself. */
function knownAlone(_context: object, options: { fetchRemoteContexts?: boolean }) {
  return async (url: string): Promise<unknown> => {
    if (options.fetchRemoteContexts) throw new Error('fetched without a guard')
    if (url !== 'https://www.w3.org/2018/credentials/v1') throw new Error(`unable to load ${url}`)
    return { document: {} }
  }
}

describe('guarded contexts', () => {
  const provider = (fetched: (address: string) => GuardedResponse) => {
    const addresses: string[] = []
    const made = guardedContexts({ ldCredentialModule: { getDocumentLoader: knownAlone } }, async (address) => {
      addresses.push(address)
      return fetched(address)
    })
    return { addresses, load: (options: object) => made.ldCredentialModule.getDocumentLoader({}, options) }
  }

  it('are fetched by the guarded fetch alone, where the caller asks for it and nobody knows them', async () => {
    const { addresses, load } = provider(() => answer({ '@context': {} }))
    const url = 'https://example.com/context'
    await expect(load({})(url)).rejects.toThrow(url)
    expect(addresses).toEqual([])
    expect(await load({ fetchRemoteContexts: true })(url)).toMatchObject({ document: { '@context': {} } })
    await load({ fetchRemoteContexts: true })('https://www.w3.org/2018/credentials/v1')
    expect(addresses).toEqual([url])
  })

  it('are refused where the fetch refuses, fails or gives no JSON', async () => {
    const url = 'https://example.com/context'
    for (const response of [answer({}, 500), answer('no JSON')]) {
      const { load } = provider(() => response)
      await expect(load({ fetchRemoteContexts: true })(url)).rejects.toMatchObject({ code: 'fetch_failed' })
    }
    expect(() => guardedContexts({})).toThrow('setting_invalid')
  })
})
