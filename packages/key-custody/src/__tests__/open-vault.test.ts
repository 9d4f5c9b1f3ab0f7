import { createSecretKey, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { localKek, openVault, type KekProvider } from '../index.js'
import { KekCheckRow } from '../typeorm/kek-check-row.js'
import { newKek, openCustody, openKeyDatabase } from './open-custody.js'

describeOnEachDatabase('openVault', (fresh) => {
  let url: string
  let opened: Database[]

  beforeEach(async () => {
    url = await fresh()
    opened = []
  })

  afterEach(() => Promise.all(opened.map((database) => database.close())))

  const openDatabase = async () => {
    const database = await openKeyDatabase(url)
    opened.push(database)
    return database
  }

  it('opens again under the same root key', async () => {
    const kek = newKek()
    await openVault({ database: await openDatabase(), kek })
    await openVault({ database: await openDatabase(), kek })
    const rows = await (await openDatabase()).read((manager) => manager.find(KekCheckRow), { acrossTenants: true })
    expect(rows).toHaveLength(1)
  })

  it('refuses another root key in one line that names the setting', async () => {
    const database = await openDatabase()
    await openVault({ database, kek: newKek() })
    const wrong = openVault({ database, kek: newKek() })
    await expect(wrong).rejects.toMatchObject({ code: 'kek_mismatch', status: 500 })
    await expect(wrong).rejects.toThrow(/^kek_mismatch: [^\n]*STUDIO_KEK[^\n]*$/)
  })

  it('agrees with itself when several processes open a new database at once', async () => {
    const kek = newKek()
    const databases = [await openDatabase(), await openDatabase(), await openDatabase()]
    await Promise.all(databases.map((database) => openVault({ database, kek })))
    const rows = await databases[0]?.read((manager) => manager.find(KekCheckRow))
    expect(rows).toHaveLength(1)
  })

  it('lets one of two root keys have a new database, and refuses the other', async () => {
    const databases = [await openDatabase(), await openDatabase()]
    const keks = [newKek(), newKek()]
    const outcomes = await Promise.allSettled(
      databases.map((database, index) => openVault({ database, kek: keks[index] as (typeof keks)[0] })),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.map(({ reason }) => reason as unknown)).toMatchObject([{ code: 'kek_mismatch' }])
    const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled')
    await openVault({ database: await openDatabase(), kek: keks[winner] as (typeof keks)[0] })
  })

  it('refuses a check that was tampered with', async () => {
    const database = await openDatabase()
    const kek = newKek()
    await openVault({ database, kek })
    await database.write((manager) => manager.update(KekCheckRow, { id: 'kek' }, { wrapped: 'AAAA' }), {
      acrossTenants: true,
    })
    await expect(openVault({ database, kek })).rejects.toMatchObject({ code: 'kek_mismatch' })
  })

  it('refuses a root key of another length', async () => {
    const kek = createSecretKey(randomBytes(16))
    const short = openVault({ database: await openDatabase(), kek })
    await expect(short).rejects.toThrow('setting_invalid: STUDIO_KEK must be 32 bytes')
  })

  it('takes a root key that is kept elsewhere, and passes its faults on', async () => {
    const inner = localKek(newKek())
    let reachable = true
    const remote: KekProvider = {
      id: 'remote',
      wrap: (...args) => inner.wrap(...args),
      unwrap: (...args) => (reachable ? inner.unwrap(...args) : Promise.reject(new Error('the key service is away'))),
    }
    const { database, kms } = await openCustody({ url, kek: remote })
    opened.push(database)
    const key = await runInTenant('t', () => kms.createKey({ type: 'Ed25519' }))
    reachable = false
    await expect(openVault({ database, kek: remote })).rejects.toThrow('the key service is away')
    await expect(runInTenant('t', () => kms.sign({ keyRef: key, data: Buffer.from('x') }))).rejects.toThrow('is away')
    reachable = true
    await runInTenant('t', () => kms.sign({ keyRef: key, data: Buffer.from('x') }))
  })

  it('keeps no more data keys unwrapped than it may, and those that are used', async () => {
    const inner = localKek(newKek())
    let unwrapped = 0
    const kek: KekProvider = {
      id: inner.id,
      wrap: (plaintext, context) => inner.wrap(plaintext, context),
      unwrap: (wrapped, context) => {
        unwrapped += 1
        return inner.unwrap(wrapped, context)
      },
    }
    const { database, vault } = await openCustody({ url, kek, cachedDataKeys: 3 })
    opened.push(database)
    const seal = (tenantId: string) =>
      runInTenant(tenantId, () =>
        database.write((manager) => vault.sealText(manager, { tenantId, context: 'bound' }, 'text')),
      )
    const unwrappedFor = async (tenantIds: readonly string[]) => {
      const before = unwrapped
      for (const tenantId of tenantIds) await seal(tenantId)
      return unwrapped - before
    }
    const tenants = Array.from({ length: 10 }, (_unused, index) => `tenant-${index}`)
    // The first time each makes its key, which is kept from the second time on.
    await unwrappedFor(tenants)
    expect(await unwrappedFor(tenants)).toBe(10)
    expect(await unwrappedFor(['tenant-9', 'tenant-8', 'tenant-7'])).toBe(0)
    expect(await unwrappedFor(['tenant-0', 'tenant-7', 'tenant-8'])).toBe(1)
  })

  it.each([0, 1.5, -1, Number.NaN])('refuses to keep %s data keys', async (cachedDataKeys) => {
    const refused = openVault({ database: await openDatabase(), kek: newKek(), cachedDataKeys })
    await expect(refused).rejects.toMatchObject({ code: 'setting_invalid' })
  })
})
