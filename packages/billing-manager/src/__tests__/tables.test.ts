import { expect, it } from '@jest/globals'
import { openDatabase } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { Entities, migrations } from '../index.js'

describeOnEachDatabase('the migrations', (fresh) => {
  it('make the tables that the entities describe', async () => {
    const database = await openDatabase({ url: await fresh(), entities: [Entities], migrations: [migrations] })
    const { upQueries } = await database.read((manager) => manager.connection.driver.createSchemaBuilder().log(), {
      acrossTenants: true,
    })
    expect(upQueries.map(({ query }) => query)).toEqual([])
    await database.close()
  })
})
