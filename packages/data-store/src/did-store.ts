import { systemClock, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { IIdentifier } from '@veramo/core-types'
import { AbstractDIDStore } from '@veramo/did-manager'
import { deleteDid } from './delete-did.js'
import { getDid } from './get-did.js'
import { importDid } from './import-did.js'
import { listDids } from './list-dids.js'

/**
 * Holds each tenant's identifiers, for Veramo's `DIDManager`. The keys of an identifier are those of a `KeyStore` on
 * the same database.
 *
 * Errors: `tenant_required` (400), `invalid_argument` (400), `not_found` (404), `conflict` (409).
 */
export class DIDStore extends AbstractDIDStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock = systemClock,
  ) {
    super()
  }

  /** Returns the identifier with this DID or this alias; `not_found` where the tenant has none. */
  async getDID(args: { did?: string; alias?: string }): Promise<IIdentifier> {
    return getDid(this.database, args)
  }

  /** Stores an identifier, or changes the one that is there; `conflict` where its alias is taken. */
  async importDID(args: IIdentifier): Promise<boolean> {
    return importDid({ database: this.database, clock: this.clock }, args)
  }

  /** Removes an identifier, its services, and the credentials that it issued. */
  async deleteDID(args: { did: string }): Promise<boolean> {
    return deleteDid(this.database, args)
  }

  /** Lists the identifiers, oldest first; those of all tenants inside `runAsOperator`. */
  async listDIDs(args: { alias?: string; provider?: string }): Promise<IIdentifier[]> {
    return listDids(this.database, args)
  }
}
