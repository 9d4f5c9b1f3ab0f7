/**
 * A process that writes as fast as it can, for the tests that kill it or run two of it. It says on its standard output
 * what it was told is durable, one line a write, and nothing before it was told.
 */
import { openDatabase, runInTenant, type Database } from '../index.js'
import { CreateNote, Note } from './note.js'

export interface WritingChildOptions {
  url: string
  callers: number
  tenants: number
  /** Ids are counted up from here. Those that {@link isMeantToFail} picks are written and then given up. */
  firstId: number
  /** Default: until the process is killed. */
  writes?: number
}

export function isMeantToFail(id: number): boolean {
  return id % 3 === 0
}

class OnPurpose extends Error {}

async function writeNote(database: Database, id: number): Promise<void> {
  await database.write(async (manager) => {
    await manager.insert(Note, { owner: database.tenantId(), id, text: 'half written' })
    await manager.update(Note, { owner: database.tenantId(), id }, { text: database.tenantId() })
    if (isMeantToFail(id)) throw new OnPurpose()
  })
}

async function main({ url, callers, tenants, firstId, writes = Infinity }: WritingChildOptions): Promise<void> {
  const database = await openDatabase({ url, entities: [Note], migrations: [CreateNote] })
  let nextId = firstId
  const callLoop = async (tenantId: string) => {
    while (nextId < firstId + writes) {
      const id = (nextId += 1) - 1
      await runInTenant(tenantId, () => writeNote(database, id)).then(
        () => process.stdout.write(`kept ${tenantId} ${id}\n`),
        (error: Error) => error instanceof OnPurpose || process.stdout.write(`fault ${id} ${error.message}\n`),
      )
    }
  }
  await Promise.all(Array.from({ length: callers }, (_unused, caller) => callLoop(`tenant${caller % tenants}`)))
  await database.close()
}

const options = process.argv[2]
if (options !== undefined && process.argv[1]?.endsWith('writing-child.js')) {
  await main(JSON.parse(options) as WritingChildOptions)
}
