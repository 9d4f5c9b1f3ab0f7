import { expect, it } from '@jest/globals'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { migrations } from '../index.js'
import { openAccountManager } from './open-account-manager.js'

const OLD = { tenantId: 'cold', email: 'Old@Example.com', createdAt: '2025-01-01T00:00:00.000Z' }

describeOnEachDatabase('accounts of before', (fresh) => {
  it('keep what they have, are found by name, and are changed, closed and written down from then on', async () => {
    const url = await fresh()
    const older = await openDatabase({ url, entities: [], migrations: migrations.slice(0, 1) })
    await older.write(
      async (manager) => {
        await manager.query(
          `INSERT INTO "studio_account" ("tenantId", "name", "email", "emailKey", "plan", "status", "createdAt") ` +
            `VALUES ('${OLD.tenantId}', 'ÄLTERE', '${OLD.email}', 'old@example.com', 'build', 'active', '${OLD.createdAt}')`,
        )
        for (const network of ['mainnet', 'testnet']) {
          await manager.query(
            `INSERT INTO "studio_payment_address" ("tenantId", "network", "address", "publicKeyHex", "createdAt") ` +
              `VALUES ('${OLD.tenantId}', '${network}', 'cheqd1${network}', '02', '${OLD.createdAt}')`,
          )
        }
      },
      { acrossTenants: true },
    )
    await older.close()

    const { agent, database } = await openAccountManager(url)
    const account = await agent.accountManagerGet({ customerId: OLD.tenantId })
    expect(account).toEqual({
      ...{ customerId: OLD.tenantId, name: 'ÄLTERE', email: OLD.email, plan: 'build', status: 'active' },
      ...{ createdAt: OLD.createdAt, paymentAccount: { mainnet: 'cheqd1mainnet', testnet: 'cheqd1testnet' } },
    })
    expect((await agent.accountManagerList({ name: 'älter' })).items).toEqual([account])
    const taken = agent.accountManagerCreate({ name: 'New', email: 'OLD@example.com' })
    await expect(taken).rejects.toMatchObject({ code: 'email_taken' })
    await agent.accountManagerClose({ customerId: OLD.tenantId })
    await agent.accountManagerCreate({ name: 'New', email: 'OLD@example.com' })
    const { items } = await agent.accountManagerListAuditLog({ customerId: OLD.tenantId })
    expect(items.map(({ action }) => action)).toEqual(['close'])
    await database.close()
  })
})
