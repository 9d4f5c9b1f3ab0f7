import { expect, it } from '@jest/globals'
import { openDatabase, runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { agentOn, credential, openStudio, studioStores } from './agents.js'
import { Entities, migrations } from '../index.js'

describeOnEachDatabase('a data store from before it had messages', (fresh) => {
  it('gets the claims of the credentials that it holds, and keeps the rest', async () => {
    const url = await fresh()
    const old = await openDatabase({ url, entities: [Entities], migrations: migrations.slice(0, 1) })
    const subject = { id: 'did:test:s', name: 'A', age: 7, ok: true, nothing: null, at: { city: 'Brno' }, nul: 'a\0b' }
    const stored = credential('old', { credentialSubject: subject })
    for (const tenantId of ['one', 'two']) {
      for (let index = 0; index < 3; index += 1) {
        const row = [tenantId, `hash${index}`, index, JSON.stringify(stored), 'did:test:i', '2020-01-01', 'c', 't', '']
        const marks = row.map((_value, place) => (old.engine === 'postgres' ? `$${place + 1}` : '?'))
        const insert =
          'INSERT INTO "studio_credential" ("tenantId", "hash", "position", "raw", "issuerDid", "issuanceDate", ' +
          `"context", "type", "savedAt") VALUES (${marks.join()})`
        await old.write((manager) => manager.query(insert, row), { acrossTenants: true })
      }
    }
    await old.close()

    const database = await openStudio(url)
    const added = ['AddMessages1763600000014', 'FindRecipients1763600000024', 'DateIssuers1763600000034']
    expect(database.migrated).toEqual(added)
    const agent = agentOn(studioStores(database))
    const claims = await database.read(
      (manager) =>
        manager.query<object[]>(
          `SELECT "position", "type", "value", "isObj" FROM "studio_claim"
        WHERE "tenantId" = 'two' AND "credentialHash" = 'hash1' ORDER BY "position"`,
        ),
      { acrossTenants: true },
    )
    await runInTenant('two', async () => {
      const ofOld = { column: 'value' as const, op: 'Like' as const, value: ['%Brno%'] }
      expect(await agent.dataStoreORMGetVerifiableCredentialsByClaimsCount({ where: [ofOld] })).toBe(3)
      expect(await agent.dataStoreGetVerifiableCredential({ hash: 'hash1' })).toEqual(stored)
    })
    await runInTenant('three', () => agent.dataStoreSaveVerifiableCredential({ verifiableCredential: stored }))
    const fresher = await database.read(
      (manager) =>
        manager.query<object[]>(
          `SELECT "position", "type", "value", "isObj" FROM "studio_claim" WHERE "tenantId" = 'three' ORDER BY "position"`,
        ),
      { acrossTenants: true },
    )
    await database.close()
    expect(claims).toHaveLength(6)
    expect(fresher).toEqual(claims)
  })
})
