import { currentCallId, kitErrors, type Clock, type Database } from '@veramo-studio/plugin-kit'
import type { IDataStoreSaveVerifiableCredentialArgs, VerifiableCredential } from '@veramo/core-types'
import { asArray, computeEntryHash, extractIssuer } from '@veramo/utils'
import { toIsoDate } from './iso-date.js'
import { storableName, storableText } from './storable-text.js'
import { addDids } from './typeorm/add-dids.js'
import { CredentialRow } from './typeorm/credential-row.js'
import { nextPosition } from './typeorm/row-position.js'

/**
 * Stores a credential under its hash, which is returned. One that has the hash already is replaced, and keeps its
 * place: saving the same again changes nothing.
 */
export async function saveCredential(
  { database, clock }: { database: Database; clock: Clock },
  { verifiableCredential }: IDataStoreSaveVerifiableCredentialArgs,
): Promise<string> {
  const tenantId = database.tenantId()
  const row = rowOf(verifiableCredential)
  const now = clock.now().toISOString()
  const dids = row.subjectDid === null ? [row.issuerDid] : [row.issuerDid, row.subjectDid]
  await database.write(async (manager) => {
    await addDids(manager, { tenantId, dids, now })
    const position = await nextPosition(manager, CredentialRow, tenantId)
    await manager
      .createQueryBuilder()
      .insert()
      .into(CredentialRow)
      .values({ tenantId, ...row, position, savedAt: now })
      .orUpdate(Object.keys(row), ['tenantId', 'hash'])
      .updateEntity(false)
      .execute()
  })
  return row.hash
}

function rowOf(credential: VerifiableCredential): Omit<CredentialRow, 'tenantId' | 'position' | 'savedAt'> {
  const { id, issuanceDate, expirationDate, credentialSubject, type } = credential
  const context = asArray(credential['@context']) as unknown[]
  return {
    hash: computeEntryHash(credential),
    raw: credential,
    id: id === undefined ? null : storableName('id', id),
    issuerDid: storableName('issuer', extractIssuer(credential)),
    subjectDid: credentialSubject.id ? storableName('credentialSubject.id', credentialSubject.id) : null,
    issuanceDate: storedDate('issuanceDate', issuanceDate),
    expirationDate: expirationDate ? storedDate('expirationDate', expirationDate) : null,
    context: context.map((item) => storableText('@context', String(item))),
    type: (asArray(type ?? []) as string[]).map((item) => storableText('type', item)),
    callId: currentCallId(),
  }
}

function storedDate(member: string, text: string): string {
  const date = toIsoDate(text)
  if (date === undefined) throw kitErrors.invalid_argument(`${member} is not a date of ISO 8601`)
  return date
}
