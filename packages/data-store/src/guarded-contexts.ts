import { guardedFetch, kitErrors, type GuardedResponse } from '@veramo-studio/plugin-kit'

type DocumentLoader = (url: string) => Promise<unknown>

/** What of `CredentialProviderLD` loads documents; its field is private. */
interface DocumentLoading {
  getDocumentLoader(context: unknown, options?: LoadingOptions): DocumentLoader
}

interface LoadingOptions {
  /** The caller's own wish. */
  fetchRemoteContexts?: boolean
}

const HEADERS = { accept: 'application/ld+json, application/json' }

/**
 * Lets a `CredentialProviderLD` of `@veramo/credential-ld` fetch contexts, where its caller asks for that
 * (`fetchRemoteContexts`), from public https addresses alone. By itself it fetches whatever address a credential names.
 * Throws `setting_invalid` for what is no such provider: what cannot be guarded is not used.
 */
export function guardedContexts<Provider extends object>(
  provider: Provider,
  fetch: (address: string, options: { headers: Record<string, string> }) => Promise<GuardedResponse> = guardedFetch,
): Provider {
  const { ldCredentialModule } = provider as { ldCredentialModule?: DocumentLoading }
  if (typeof ldCredentialModule?.getDocumentLoader !== 'function') {
    throw kitErrors.setting_invalid('guardedContexts takes a CredentialProviderLD of @veramo/credential-ld 7')
  }
  const original = ldCredentialModule.getDocumentLoader.bind(ldCredentialModule)
  ldCredentialModule.getDocumentLoader = (context, options = {}) => {
    const known = original(context, { ...options, fetchRemoteContexts: false })
    return async (url) => {
      try {
        return await known(url)
      } catch (error) {
        if (options.fetchRemoteContexts !== true || /^did:/i.test(url)) throw error
        const { status, text } = await fetch(url, { headers: HEADERS })
        if (status !== 200) throw kitErrors.fetch_failed(`${url} answered with ${status}`, { cause: error })
        return { contextUrl: null, documentUrl: url, document: parse(url, text) }
      }
    }
  }
  return provider
}

function parse(url: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw kitErrors.fetch_failed(`${url} is not JSON`, { cause })
  }
}
