import type { EntityManager, ObjectLiteral } from 'typeorm'
import { CredentialRow } from './typeorm/credential-row.js'
import { DidRow } from './typeorm/did-row.js'
import { KeyRow } from './typeorm/key-row.js'

/** Something that a call has stored. */
export interface StoredThing {
  kind: 'did' | 'key' | 'credential'
  /** The DID, the kid, or the hash of the credential. */
  id: string
}

/** Tells what a metered call has stored: after a crash, that decides whether it is paid for. */
export class CallEffects {
  async find(manager: EntityManager, call: { tenantId: string; callId: string }): Promise<StoredThing[]> {
    const idsIn = async <Row extends ObjectLiteral>(row: new () => Row, id: keyof Row & string): Promise<string[]> => {
      const { tenantId, callId } = call
      const rows = await manager.find(row, {
        where: { tenantId, callId } as object,
        order: { position: 'ASC' } as object,
      })
      return rows.map((each) => String(each[id]))
    }
    return [
      ...(await idsIn(DidRow, 'did')).map((id) => ({ kind: 'did' as const, id })),
      ...(await idsIn(KeyRow, 'kid')).map((id) => ({ kind: 'key' as const, id })),
      ...(await idsIn(CredentialRow, 'hash')).map((id) => ({ kind: 'credential' as const, id })),
    ]
  }
}
