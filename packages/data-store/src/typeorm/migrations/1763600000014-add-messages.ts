import { Table, TableIndex, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm'

interface StoredCredential {
  tenantId: string
  hash: string
  raw: string
}

/** How many credentials are read at once: they may be large. */
const BATCH = 200

/** Messages, presentations and private keys; and the claims of the credentials that are stored already. */
export class AddMessages implements MigrationInterface {
  readonly name = 'AddMessages1763600000014'

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table)
    await addClaims(runner)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.dropTable(table)
  }
}

async function addClaims(runner: QueryRunner): Promise<void> {
  const isPostgres = runner.connection.options.type === 'postgres'
  const marks = (count: number) =>
    Array.from({ length: count }, (_unused, index) => (isPostgres ? `$${index + 1}` : '?'))
  const [tenant, hash] = marks(2)
  const select =
    'SELECT "tenantId", "hash", "raw" FROM "studio_credential" ' +
    `WHERE ("tenantId", "hash") > (${tenant}, ${hash}) ORDER BY "tenantId", "hash" LIMIT ${BATCH}`
  const insert =
    'INSERT INTO "studio_claim" ("tenantId", "credentialHash", "position", "type", "value", "isObj") ' +
    `VALUES (${marks(6).join()})`
  let last = { tenantId: '', hash: '' }
  for (;;) {
    const credentials = (await runner.query(select, [last.tenantId, last.hash])) as StoredCredential[]
    for (const credential of credentials) {
      for (const claim of claimsOf(credential, isPostgres)) await runner.query(insert, claim)
    }
    const end = credentials.at(-1)
    if (end === undefined) return
    last = end
  }
}

function claimsOf({ tenantId, hash, raw }: StoredCredential, isPostgres: boolean): unknown[][] {
  const { credentialSubject } = JSON.parse(raw) as { credentialSubject: Record<string, unknown> }
  return Object.entries(credentialSubject)
    .filter(([type]) => type !== 'id')
    .map(([type, value], index) => {
      const isObj = typeof value === 'object' && value !== null
      return [tenantId, hash, index + 1, withoutNul(type), valueText(value, isPostgres), isObj ? '1' : '0']
    })
}

function valueText(value: unknown, isPostgres: boolean): string | null {
  if (value === null) return null
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'boolean' && !isPostgres) return value ? '1' : '0'
  return typeof value === 'string' ? withoutNul(value) : JSON.stringify(value)
}

/** The credential has it, escaped in its JSON; a column of Postgres cannot. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '')
}

const key = (name: string): TableColumnOptions => ({ name, type: 'varchar', isPrimary: true })
const text = (name: string): TableColumnOptions => ({ name, type: 'varchar' })
const longText = (name: string): TableColumnOptions => ({ name, type: 'text' })
const integer = (name: string): TableColumnOptions => ({ name, type: 'integer' })
const optional = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isNullable: true })
const index = (name: string, ...columnNames: string[]) => new TableIndex({ name, columnNames })
const ofCall = (name: string) =>
  new TableIndex({ name, columnNames: ['tenantId', 'callId'], where: '"callId" IS NOT NULL' })

const TABLES = [
  new Table({
    name: 'studio_claim',
    columns: [
      key('tenantId'),
      key('credentialHash'),
      { name: 'position', type: 'integer', isPrimary: true },
      longText('type'),
      optional(longText('value')),
      text('isObj'),
    ],
  }),
  new Table({
    name: 'studio_presentation',
    columns: [
      key('tenantId'),
      key('hash'),
      integer('position'),
      longText('raw'),
      optional(text('id')),
      text('holderDid'),
      optional(text('issuanceDate')),
      optional(text('expirationDate')),
      longText('context'),
      longText('type'),
      text('savedAt'),
      optional(text('callId')),
    ],
    indices: [
      index('studio_presentation_position', 'tenantId', 'position'),
      ofCall('studio_presentation_call'),
      index('studio_presentation_holder', 'tenantId', 'holderDid'),
    ],
  }),
  new Table({
    name: 'studio_presentation_verifier',
    columns: [key('tenantId'), key('presentationHash'), key('did')],
    indices: [index('studio_presentation_verifier_did', 'tenantId', 'did')],
  }),
  new Table({
    name: 'studio_message',
    columns: [
      key('tenantId'),
      key('id'),
      integer('position'),
      optional(text('createdAt')),
      optional(text('expiresAt')),
      optional(text('threadId')),
      text('type'),
      optional(longText('raw')),
      optional(longText('data')),
      optional(longText('replyTo')),
      optional(longText('replyUrl')),
      optional(text('fromDid')),
      optional(text('toDid')),
      optional(longText('metaData')),
      text('savedAt'),
      optional(text('callId')),
    ],
    indices: [
      index('studio_message_position', 'tenantId', 'position'),
      ofCall('studio_message_call'),
      index('studio_message_from', 'tenantId', 'fromDid'),
      index('studio_message_to', 'tenantId', 'toDid'),
    ],
  }),
  new Table({
    name: 'studio_message_credential',
    columns: [key('tenantId'), key('messageId'), key('credentialHash'), integer('position')],
    indices: [index('studio_message_credential_hash', 'tenantId', 'credentialHash')],
  }),
  new Table({
    name: 'studio_message_presentation',
    columns: [key('tenantId'), key('messageId'), key('presentationHash'), integer('position')],
    indices: [index('studio_message_presentation_hash', 'tenantId', 'presentationHash')],
  }),
  new Table({
    name: 'studio_private_key',
    columns: [key('tenantId'), key('alias'), integer('position'), text('type'), longText('sealed')],
  }),
]
