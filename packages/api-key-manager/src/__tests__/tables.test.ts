import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { openStudio } from './studio.js'

describeOnEachDatabase('the migrations', (fresh) => {
  it('make the tables that the entities describe', async () => {
    const { database } = await openStudio(await fresh())
    const { upQueries } = await database.read((manager) => manager.connection.driver.createSchemaBuilder().log())
    expect(upQueries.map(({ query }) => query)).toEqual([])
    await database.close()
  })
})
