import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import pg from 'pg'
import { Column, Entity, PrimaryColumn, Table, type MigrationInterface, type QueryRunner } from 'typeorm'
import { openDatabase, runAsOperator, runAsPrincipal, runInTenant, type Database, type Principal } from '../index.js'

@Entity('secret')
class Secret {
  @PrimaryColumn({ type: 'varchar' })
  tenantId!: string

  @PrimaryColumn({ type: 'varchar' })
  id!: string

  @Column({ type: 'varchar' })
  text!: string
}

class CreateSecret implements MigrationInterface {
  readonly name = 'CreateSecret1700000000000'

  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      { name: 'tenantId', type: 'varchar', isPrimary: true },
      { name: 'id', type: 'varchar', isPrimary: true },
      { name: 'text', type: 'varchar' },
    ]
    await runner.createTable(new Table({ name: 'secret', columns }))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('secret')
  }
}

const TABLES = { entities: [Secret], migrations: [CreateSecret] }
const IDLE_OPERATOR: Principal = { tenantId: 'operator', role: 'operator', permissions: ['*'], environment: 'live' }
const ALL = 'SELECT "tenantId", "id", "text" FROM "secret" ORDER BY "tenantId", "id"'

const put = (database: Database, tenantId: string, text = `of ${tenantId}`) =>
  runInTenant(tenantId, () => database.write((manager) => manager.insert(Secret, { tenantId, id: '1', text })))
const ownersOf = (rows: Secret[]) => rows.map(({ tenantId }) => tenantId)

describeOnEachDatabase('statements that name no tenant', (fresh, engine) => {
  let database: Database
  let url: string

  beforeEach(async () => {
    url = await fresh()
    database = await openDatabase({ url, ...TABLES })
    for (const tenantId of ['ann', 'bob', `o'hara " \\ ; --`]) await put(database, tenantId)
  })
  afterEach(() => database.close())

  const readAll = () => database.read((manager) => manager.query<Secret[]>(ALL)).then(ownersOf)
  const readRows = () => database.readRows<Secret>(ALL, []).then(ownersOf)
  const readInWrite = () => database.write((manager) => manager.query<Secret[]>(ALL)).then(ownersOf)

  it('see everybody’s rows where that is said', async () => {
    const everybody = ['ann', 'bob', `o'hara " \\ ; --`]
    for (const read of [readAll, readRows, readInWrite]) expect(await runAsOperator(read)).toEqual(everybody)
    expect(await database.readRows(ALL, [], { acrossTenants: true })).toHaveLength(3)
  })

  it('give their rows as lists of values where that is asked for', async () => {
    const lists = await database.readRows(ALL, [], { tenantId: 'ann', asLists: true })
    expect(lists[0]).toEqual(['ann', '1', 'of ann'])
  })

  if (engine === 'sqlite') return

  describe('are held by the wall of Postgres', () => {
    it('to the rows of the tenant that they run in, reads included', async () => {
      for (const tenantId of ['ann', `o'hara " \\ ; --`]) {
        for (const read of [readAll, readRows, readInWrite]) {
          expect(await runInTenant(tenantId, read)).toEqual([tenantId])
        }
      }
    })

    it('to none in no tenant, and none for an operator who acts for nobody', async () => {
      for (const read of [readAll, readRows, readInWrite]) {
        expect(await read()).toEqual([])
        expect(await runAsPrincipal(IDLE_OPERATOR, read)).toEqual([])
      }
    })

    it('to the rows of the tenant that they are about, wherever they run', async () => {
      const about = { tenantId: 'bob' }
      const read = () => database.read((manager) => manager.query<Secret[]>(ALL), about).then(ownersOf)
      expect(await read()).toEqual(['bob'])
      expect(await runInTenant('ann', read)).toEqual(['bob'])
      expect(await runAsOperator(read)).toEqual(['bob'])
    })

    it('so that another’s row is neither made, changed, taken over nor deleted', async () => {
      const inAnn = (statement: string) =>
        runInTenant('ann', () => database.write((manager) => manager.query(statement)))
      const refused = expect.objectContaining({ code: 'store_unavailable' })
      await expect(inAnn(`INSERT INTO "secret" VALUES ('bob', '2', 'x')`)).rejects.toEqual(refused)
      await expect(inAnn(`UPDATE "secret" SET "tenantId" = 'bob' WHERE "tenantId" = 'ann'`)).rejects.toEqual(refused)
      await inAnn(`UPDATE "secret" SET "text" = 'x' WHERE "tenantId" = 'bob'`)
      await inAnn(`DELETE FROM "secret" WHERE "tenantId" = 'bob'`)
      expect(await runInTenant('bob', () => database.read((manager) => manager.find(Secret)))).toEqual([
        { tenantId: 'bob', id: '1', text: 'of bob' },
      ])
    })

    it('though their connections are shared: no setting stays behind on one', async () => {
      const few = await openDatabase({ url, ...TABLES, readers: 2 })
      const tenants = ['ann', 'bob', undefined, 'carol']
      const reads = Array.from({ length: 400 }, async (_unused, index) => {
        const tenantId = tenants[index % tenants.length]
        const read = () => few.readRows<Secret>(ALL, []).then(ownersOf)
        const failing = () => few.read((manager) => manager.query('SELECT 1 / 0')).catch(() => ['failed'])
        const work = index % 7 === 0 ? failing : read
        return [tenantId, await (tenantId === undefined ? work() : runInTenant(tenantId, work))] as const
      })
      for (const [tenantId, found] of await Promise.all(reads)) {
        if (String(found) === 'failed') continue
        expect(found).toEqual(tenantId === 'ann' || tenantId === 'bob' ? [tenantId] : [])
      }
      await few.close()
    })

    it('also for whoever has the service’s own address', async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      expect((await client.query(ALL)).rows).toEqual([])
      await client.end()
    })
  })
})

describeOnEachDatabase('a database on Postgres', (fresh, engine) => {
  if (engine === 'sqlite') {
    it('is needed for that: SQLite knows no roles, and the stores alone keep tenants apart', async () => {
      const database = await openDatabase({ url: await fresh(), ...TABLES })
      await put(database, 'ann')
      expect(await database.readRows(ALL, [])).toHaveLength(1)
      await database.close()
    })
    return
  }

  // A server that TEST_POSTGRES_URL names has no superuser to offer.
  const superuserUrl = process.env['TEST_POSTGRES_SUPERUSER_URL']
  const itWithSuperuser = superuserUrl === undefined ? it.skip : it

  itWithSuperuser('is not opened with a role that bypasses row-level security, or can become one', async () => {
    const url = await fresh()
    const bypassing = new URL(String(superuserUrl))
    bypassing.pathname = new URL(url).pathname
    const client = new pg.Client({ connectionString: bypassing.href })
    await client.connect()
    const role = `bypassing_${process.pid}`
    await client.query(`CREATE ROLE ${role} LOGIN BYPASSRLS PASSWORD 'x'`)
    await client.query(`CREATE ROLE ${role}_member LOGIN PASSWORD 'x' IN ROLE ${role}`)
    for (const user of [role, `${role}_member`]) {
      const address = new URL(url)
      ;[address.username, address.password] = [user, 'x']
      await expect(openDatabase({ url: address.href, ...TABLES })).rejects.toThrow(
        /^setting_invalid: DATABASE_URL: the role "bypassing_\d+(_member", as a member of "bypassing_\d+)?",? bypasses row-level security; /,
      )
    }
    await expect(openDatabase({ url: bypassing.href, ...TABLES })).rejects.toThrow(/bypasses row-level security/)
    await client.query(`DROP ROLE ${role}_member, ${role}`)
    await client.end()
  })

  it('is isolated when it is opened, where an older version has made it, or somebody took the wall down', async () => {
    const url = await fresh()
    const database = await openDatabase({ url, ...TABLES })
    await put(database, 'ann')
    await database.close()
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('ALTER TABLE "secret" NO FORCE ROW LEVEL SECURITY')
    expect((await client.query(ALL)).rows).toHaveLength(1)
    await expect(openDatabase({ url, ...TABLES, migrate: false })).rejects.toThrow(
      /^setting_invalid: DATABASE_URL: no row-level security on secret; migrate the database$/,
    )
    await (await openDatabase({ url, ...TABLES })).close()
    expect((await client.query(ALL)).rows).toEqual([])
    await client.end()
  })
})
