/** A process that opens a database, for the test that has several do it at once. It prints the migrations it applied. */
import { openDatabase } from '../index.js'
import { CreateNote, Note } from './note.js'
import { CreateSlowly } from './note-migrations.js'

const options = process.argv[2]
if (options !== undefined && process.argv[1]?.endsWith('migrating-child.js')) {
  const { url } = JSON.parse(options) as { url: string }
  const database = await openDatabase({ url, entities: [Note], migrations: [CreateNote, CreateSlowly] })
  process.stdout.write(`${JSON.stringify(database.migrated)}\n`)
  await database.close()
}
