import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { newKek, openCustody, type OpenedCustody } from './open-custody.js'

describeOnEachDatabase('a text sealed for a tenant', (fresh) => {
  let custody: OpenedCustody
  const kek = newKek()
  const id = { tenantId: 'alice', context: 'answer:1' }

  beforeEach(async () => {
    custody = await openCustody({ url: await fresh(), kek })
  })
  afterEach(() => custody.database.close())

  const seal = (text: string, of = id) =>
    custody.database.write((manager) => custody.vault.sealText(manager, of, text), { acrossTenants: true })
  const open = (sealed: string, of = id) =>
    custody.database.read((manager) => custody.vault.openText(manager, of, sealed), { acrossTenants: true })

  it('opens to what it was, whatever it says', async () => {
    for (const text of ['', '{"did":"did:key:z…"}', 'ä'.repeat(10_000)]) expect(await open(await seal(text))).toBe(text)
  })

  it('shows nothing of what it says', async () => {
    expect(await seal('a very plain text')).not.toContain(Buffer.from('very plain').toString('base64').slice(0, 8))
  })

  it('does not open for another tenant, in another place, or changed', async () => {
    const sealed = await seal('secret')
    await seal('made so that bob has a data key', { ...id, tenantId: 'bob' })
    for (const other of [
      { ...id, tenantId: 'bob' },
      { ...id, tenantId: 'nobody' },
      { ...id, context: 'answer:2' },
    ]) {
      await expect(open(sealed, other)).rejects.toMatchObject({ code: 'seal_broken' })
    }
    for (const changed of [sealed.slice(0, -4), `2${sealed.slice(1)}`, sealed.slice(2), '', '1:']) {
      await expect(open(changed)).rejects.toMatchObject({ code: 'seal_broken' })
    }
  })
})
