import { kitErrors, type Database } from '@veramo-studio/plugin-kit'
import type { IAgentContext, IIdentifier, IKeyManager, TKeyType } from '@veramo/core-types'
import { AbstractIdentifierProvider } from '@veramo/did-manager'
import { importOrCreateKey } from '@veramo/utils'
import { asCreation } from './did-creation.js'
import { toHostedDid } from './hosted-did.js'
import { alreadyExists } from './import-did.js'

type Context = IAgentContext<IKeyManager>

export interface HostedWebDIDProviderOptions {
  database: Database
  /** Where clients reach the service: the host of the DIDs. */
  baseUrl: string
  /** The key management system of new keys. */
  defaultKms: string
}

interface CreateOptions {
  keyRef?: string
  key?: { type?: TKeyType; privateKeyHex?: string }
  /** As Veramo's own provider took it before `key.type`. */
  keyType?: TKeyType
}

const DONE = { success: true }
/** Not one that the tenant knows from a credential or a message. */
const MANAGED_DID = 'SELECT 1 FROM "studio_did" WHERE "tenantId" = ? AND "did" = ? AND "provider" IS NOT NULL'

/**
 * Makes `did:web` identifiers that this service hosts, each tenant's under a place of its own:
 * `did:web:<host>:t:<tenantId>:<alias>`, and without an alias `did:web:<host>:t:<tenantId>`. The documents are made from
 * keys and services as they are stored, so that a change is published at once.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `conflict` (409) where the tenant has the DID already.
 */
export class HostedWebDIDProvider extends AbstractIdentifierProvider {
  constructor(private readonly options: HostedWebDIDProviderOptions) {
    super()
  }

  override async createIdentifier(
    { kms, alias, options = {} }: { kms?: string; alias?: string; options?: CreateOptions },
    context: Context,
  ): Promise<Omit<IIdentifier, 'provider'>> {
    const { database, baseUrl, defaultKms } = this.options
    const did = toHostedDid(baseUrl, { tenantId: database.tenantId(), name: alias })
    // Before a key is made for nothing; what decides is the store, which takes a new DID once.
    if (await this.exists(did)) throw alreadyExists(did)
    const { keyRef, key = {}, keyType } = options
    const type = key.type ?? keyType ?? 'Secp256k1'
    const controller =
      keyRef === undefined
        ? await importOrCreateKey({ kms: kms ?? defaultKms, options: { ...key, type } }, context)
        : await context.agent.keyManagerGet({ kid: keyRef })
    return asCreation({ did, controllerKeyId: controller.kid, keys: [controller], services: [] })
  }

  override async updateIdentifier(): Promise<IIdentifier> {
    throw kitErrors.invalid_argument('a did:web is changed by its keys and services')
  }

  override async deleteIdentifier({ keys }: IIdentifier, context: Context): Promise<boolean> {
    for (const { kid } of keys) await context.agent.keyManagerDelete({ kid })
    return true
  }

  // The document follows the store.
  override addKey = async () => DONE
  override addService = async () => DONE
  override removeKey = async () => DONE
  override removeService = async () => DONE

  private async exists(did: string): Promise<boolean> {
    const { database } = this.options
    const [row] = await database.readRows(MANAGED_DID, [database.tenantId(), did])
    return row !== undefined
  }
}
