import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openStudio } from './agents.js'

describeOnEachDatabase('the migrations', (fresh) => {
  it('make exactly the tables, columns and indices that the entities declare', async () => {
    const database = await openStudio(await fresh())
    const missing = await database.read(
      async ({ connection }) => {
        const { upQueries } = await connection.driver.createSchemaBuilder().log()
        return upQueries.map(({ query }) => query)
      },
      { acrossTenants: true },
    )
    await database.close()
    expect(missing).toEqual([])
  })

  it('put the tenant first in every primary key and index, but the one that finds who receives a message', async () => {
    const database = await openStudio(await fresh())
    const firsts = await database.read(
      async ({ connection }) =>
        connection.entityMetadatas.flatMap(({ primaryColumns, indices }) => [
          primaryColumns[0]?.propertyName,
          ...indices.filter(({ name }) => name !== 'studio_did_managed').map(({ columns }) => columns[0]?.propertyName),
        ]),
      { acrossTenants: true },
    )
    await database.close()
    expect(firsts.length).toBeGreaterThan(4)
    expect(new Set(firsts)).toEqual(new Set(['tenantId']))
  })
})
