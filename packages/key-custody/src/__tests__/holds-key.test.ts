import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { newKek, openCustody, type OpenedCustody } from './open-custody.js'

describeOnEachDatabase('what CustodianKms holds', (fresh) => {
  let custody: OpenedCustody

  beforeEach(async () => {
    custody = await openCustody({ url: await fresh(), kek: newKek() })
  })
  afterEach(() => custody.database.close())

  const holds = (tenantId: string, kid: string, publicKeyHex: string) =>
    runInTenant(tenantId, () => custody.kms.holds({ kid, publicKeyHex }))

  it.each(['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1'])('is told by the private key itself: %s', async (type) => {
    const { kid, publicKeyHex } = await runInTenant('owner', () => custody.kms.createKey({ type }))
    expect(await holds('owner', kid, publicKeyHex)).toBe(true)
    expect(await holds('owner', kid, '00'.repeat(32))).toBe(false)
    expect(await holds('owner', 'none', publicKeyHex)).toBe(false)
    expect(await holds('other', kid, publicKeyHex)).toBe(false)
    // Another key under the same kid is another key.
    await runInTenant('other', () => custody.kms.createKey({ type, kid }))
    expect(await holds('other', kid, publicKeyHex)).toBe(false)
  })

  it('is nothing where the tenant’s key is gone, and a fault where its seal is broken', async () => {
    const { kid, publicKeyHex } = await runInTenant('owner', () => custody.kms.createKey({ type: 'Ed25519' }))
    await custody.database.write((manager) => manager.query(`UPDATE "studio_sealed_key" SET "sealed" = 'AAAA'`), {
      acrossTenants: true,
    })
    await expect(holds('owner', kid, publicKeyHex)).rejects.toMatchObject({ code: 'seal_broken' })
    await runInTenant('owner', () => custody.kms.deleteKey({ kid }))
    expect(await holds('owner', kid, publicKeyHex)).toBe(false)
  })
})
