import type { KeyObject } from 'node:crypto'
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { localKek, openVault, type KekProvider, type SealedKeyId } from '../index.js'
import { DataKeyRow } from '../typeorm/data-key-row.js'
import { SealedKeyRow } from '../typeorm/sealed-key-row.js'
import { newKek, openCustody, openKeyDatabase, type OpenedCustody } from './open-custody.js'

describeOnEachDatabase('the key vault', (fresh, engine) => {
  let url: string
  let kek: KeyObject
  let custody: OpenedCustody

  beforeEach(async () => {
    url = await fresh()
    kek = newKek()
    custody = await openCustody({ url, kek })
  })

  afterEach(() => custody.database.close())

  const id: SealedKeyId = { tenantId: 'ada', purpose: 'agent', kid: 'one' }

  const insert = async (key: SealedKeyId, bytes = randomBytes(32)) => {
    await custody.database.write(
      (manager) => custody.vault.insert(manager, key, { keyType: 'Ed25519', bytes: Buffer.from(bytes) }),
      { acrossTenants: true },
    )
    return bytes
  }

  const edit = (key: SealedKeyId, change: Partial<SealedKeyRow>) =>
    custody.database.write((manager) => manager.update(SealedKeyRow, { ...key }, change), { acrossTenants: true })

  it('gives back what was sealed, also after a restart', async () => {
    const bytes = await insert(id)
    expect(await custody.vault.open(id)).toEqual({ keyType: 'Ed25519', bytes })
    await custody.database.close()
    custody = await openCustody({ url, kek })
    expect(await custody.vault.open(id)).toEqual({ keyType: 'Ed25519', bytes })
  })

  it('finds nothing under another tenant, purpose or kid', async () => {
    await insert(id)
    expect(await custody.vault.open({ ...id, tenantId: 'bob' })).toBeUndefined()
    expect(await custody.vault.open({ ...id, purpose: 'payment' })).toBeUndefined()
    expect(await custody.vault.open({ ...id, kid: 'two' })).toBeUndefined()
  })

  it('keeps the first key of an id', async () => {
    const first = await insert(id)
    const second = await custody.database.write(
      (manager) => custody.vault.insert(manager, id, { keyType: 'Ed25519', bytes: randomBytes(32) }),
      { acrossTenants: true },
    )
    expect(second).toBe(false)
    expect((await custody.vault.open(id))?.bytes).toEqual(first)
  })

  it.each<[string, Partial<SealedKeyRow>]>([
    ['tenant', { tenantId: 'bob' }],
    ['kid', { kid: 'two' }],
    ['key type', { keyType: 'X25519' }],
    ['purpose', { purpose: 'payment' }],
    ['data key that is not there', { dekVersion: 2 }],
  ])('does not open a row that was moved to another %s', async (_what, change) => {
    await insert(id)
    // Bob has a data key of his own: the seal holds, and not the lack of a key.
    await insert({ ...id, tenantId: 'bob', kid: 'other' })
    await edit(id, change)
    const moved: SealedKeyId = { tenantId: 'ada', purpose: 'agent', kid: 'one', ...change }
    const { tenantId, purpose, kid } = moved
    await expect(custody.vault.open({ tenantId, purpose, kid })).rejects.toMatchObject({
      code: 'seal_broken',
      status: 500,
    })
    if (purpose === 'agent') {
      await expect(custody.vault.openAll(tenantId, 'agent')).rejects.toMatchObject({ code: 'seal_broken' })
    }
  })

  const moveDataKey = (from: string, to: string) =>
    custody.database.write((manager) => manager.update(DataKeyRow, { tenantId: from }, { tenantId: to }), {
      acrossTenants: true,
    })

  it('does not open a row that was moved together with its data key', async () => {
    await insert(id)
    await edit(id, { tenantId: 'bob' })
    await moveDataKey('ada', 'bob')
    await expect(custody.vault.open({ ...id, tenantId: 'bob' })).rejects.toMatchObject({ code: 'seal_broken' })
  })

  it('binds a row to its tenant also where a root key elsewhere does not bind the data key', async () => {
    const careless = localKek(kek)
    const nothing = Buffer.alloc(0)
    const vault = await openVault({
      database: custody.database,
      kek: {
        id: 'careless',
        wrap: (plaintext) => careless.wrap(plaintext, nothing),
        unwrap: (wrapped, context) => careless.unwrap(wrapped, nothing).catch(() => careless.unwrap(wrapped, context)),
      },
    })
    await custody.database.write(
      (manager) => vault.insert(manager, id, { keyType: 'Ed25519', bytes: randomBytes(32) }),
      { acrossTenants: true },
    )
    await edit(id, { tenantId: 'bob' })
    await moveDataKey('ada', 'bob')
    await expect(vault.open({ ...id, tenantId: 'bob' })).rejects.toMatchObject({ code: 'seal_broken' })
    await edit({ ...id, tenantId: 'bob' }, { tenantId: 'ada' })
    await moveDataKey('bob', 'ada')
    expect(await vault.open(id)).toMatchObject({ keyType: 'Ed25519' })
  })

  it('does not seal under a data key that was moved from another tenant', async () => {
    await insert(id)
    await moveDataKey('ada', 'bob')
    await expect(insert({ ...id, tenantId: 'bob' })).rejects.toMatchObject({ code: 'seal_broken' })
  })

  it('does not open what was swapped with another row', async () => {
    await insert(id)
    await insert({ ...id, kid: 'two' })
    const rows = await custody.database.read((manager) => manager.find(SealedKeyRow, { order: { kid: 'ASC' } }), {
      acrossTenants: true,
    })
    await edit(id, { sealed: rows[1]?.sealed ?? '' })
    await expect(custody.vault.open(id)).rejects.toMatchObject({ code: 'seal_broken' })
  })

  it('does not open what was tampered with or cut down to a tag of four bytes', async () => {
    await insert(id)
    const [row] = await custody.database.read((manager) => manager.find(SealedKeyRow), { acrossTenants: true })
    const sealed = Buffer.from(row?.sealed as string, 'base64')
    const flipped = Buffer.from(sealed)
    flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 1
    const shortTag = Buffer.concat([sealed.subarray(0, 17), sealed.subarray(29)])
    for (const broken of [flipped, shortTag, sealed.subarray(0, 17), Buffer.alloc(0)]) {
      await edit(id, { sealed: broken.toString('base64') })
      await expect(custody.vault.open(id)).rejects.toMatchObject({ code: 'seal_broken' })
    }
  })

  it('says nothing of what is sealed when it does not open', async () => {
    const bytes = await insert(id)
    await edit(id, { keyType: 'X25519' })
    const error: unknown = await custody.vault.open(id).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(Error)
    const text = `${inspect(error, { depth: Infinity, showHidden: true })} ${JSON.stringify(error)}`
    for (const encoding of ['hex', 'base64'] as const) expect(text).not.toContain(bytes.toString(encoding))
  })

  it('makes one data key a tenant, which other tenants cannot use', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_unused, index) => insert({ ...id, tenantId: `t${index % 3}`, kid: `${index}` })),
    )
    const rows = await custody.database.read((manager) => manager.find(DataKeyRow, { order: { tenantId: 'ASC' } }), {
      acrossTenants: true,
    })
    expect(rows.map(({ tenantId, version }) => [tenantId, version])).toEqual([
      ['t0', 1],
      ['t1', 1],
      ['t2', 1],
    ])
    expect(new Set(rows.map((row) => row.wrapped)).size).toBe(3)
  })

  it('takes no data key from a write that was undone', async () => {
    const undone = custody.database.write(
      async (manager) => {
        await custody.vault.insert(manager, id, { keyType: 'Ed25519', bytes: randomBytes(32) })
        await custody.vault.insert(manager, { ...id, kid: 'two' }, { keyType: 'Ed25519', bytes: randomBytes(32) })
        throw new Error('the caller changed its mind')
      },
      { acrossTenants: true },
    )
    await expect(undone).rejects.toThrow('the caller changed its mind')
    expect(await custody.database.read((manager) => manager.count(DataKeyRow), { acrossTenants: true })).toBe(0)
    const bytes = await insert(id)
    expect((await custody.vault.open(id))?.bytes).toEqual(bytes)
    const elsewhere = await openCustody({ url, kek })
    expect((await elsewhere.vault.open(id))?.bytes).toEqual(bytes)
    await elsewhere.database.close()
  })

  it('agrees with other processes on the first data key of a tenant', async () => {
    // On Postgres both are past looking for a data key before either writes one; SQLite lets one writer in at a time.
    const kekAtBarrier = meetingIn(localKek(kek), engine === 'postgres' ? 2 : 1)
    const processes = await Promise.all(
      [1, 2].map(async () => {
        const database = await openKeyDatabase(url)
        return { database, vault: await openVault({ database, kek: kekAtBarrier }) }
      }),
    )
    const secrets = await Promise.all(
      processes.map(async ({ database, vault }, index) => {
        const bytes = randomBytes(32)
        const copy = { keyType: 'Ed25519', bytes: Buffer.from(bytes) } as const
        await database.write((manager) => vault.insert(manager, { ...id, kid: `from ${index}` }, copy), {
          acrossTenants: true,
        })
        return bytes
      }),
    )
    expect(await custody.database.read((manager) => manager.count(DataKeyRow), { acrossTenants: true })).toBe(1)
    for (const { vault } of processes) {
      const opened = await vault.openAll('ada', 'agent')
      expect(opened.map(({ kid, bytes }) => [kid, bytes])).toEqual(
        expect.arrayContaining(secrets.map((bytes, index) => [`from ${index}`, bytes])),
      )
    }
    await Promise.all(processes.map(({ database }) => database.close()))
  })

  it('opens nothing once the data key is gone, although it was in use', async () => {
    await insert(id)
    await custody.vault.open(id)
    await custody.database.write((manager) => manager.delete(DataKeyRow, { tenantId: 'ada' }), { acrossTenants: true })
    await expect(custody.vault.open(id)).rejects.toMatchObject({ code: 'seal_broken' })
  })
})

/** Holds the wrapping of data keys until so many callers are there. */
function meetingIn(kek: KekProvider, count: number): KekProvider {
  let arrived = 0
  let open: () => void
  const gate = new Promise<void>((resolve) => (open = resolve))
  return {
    id: kek.id,
    unwrap: (wrapped, context) => kek.unwrap(wrapped, context),
    wrap: async (plaintext, context) => {
      arrived += 1
      if (arrived >= count) open()
      await gate
      return kek.wrap(plaintext, context)
    },
  }
}
