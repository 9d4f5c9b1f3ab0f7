/** Credentials of the bench, and many tenants' at once. */
import { runAsOperator, selectRows } from '@veramo-studio/plugin-kit'

const ISSUERS = 5
const ROWS_A_STATEMENT = 500
/** Each touches pages of the indices everywhere: in few commits they are written few times. */
const STATEMENTS_A_WRITE = 10
const COLUMNS = [
  ...['tenantId', 'position', 'raw', 'hash', 'issuerDid', 'subjectDid', 'id', 'issuanceDate', 'context', 'type'],
  'savedAt',
]

export function query() {
  return {
    where: [
      { column: 'issuer', value: ['did:example:issuer-1'] },
      { column: 'issuanceDate', op: 'MoreThan', value: ['2024-01-10T00:00:00.000Z'] },
    ],
    order: [{ column: 'issuanceDate', direction: 'DESC' }],
    take: 10,
  }
}

export function credential(tag, index) {
  const day = String((index % 28) + 1).padStart(2, '0')
  return {
    '@context': ['https://www.w3.org/2018/credentials/v1'],
    type: ['VerifiableCredential', 'Profile'],
    id: `urn:${tag}:${index}`,
    issuer: { id: `did:example:issuer-${index % ISSUERS}` },
    issuanceDate: `2024-01-${day}T00:00:00.000Z`,
    credentialSubject: { id: `did:example:subject-${index % 7}`, name: `Name ${index}`, level: index },
    proof: { type: 'JwtProof2020', jwt: `${'x'.repeat(400)}.${tag}.${index}` },
  }
}

/** Credentials of tenants `tenant-0` and on, interleaved as they come in, in the rows that the store writes of them. */
export async function fillCrowd(database, { tenants, each }) {
  const count = tenants * each
  const rowsAWrite = ROWS_A_STATEMENT * STATEMENTS_A_WRITE
  for (let start = 0; start < count; start += rowsAWrite) {
    const end = Math.min(count, start + rowsAWrite)
    await runAsOperator(() =>
      database.write(async (manager) => {
        for (let at = start; at < end; at += ROWS_A_STATEMENT) {
          await insertRows(manager, { start: at, end: Math.min(end, at + ROWS_A_STATEMENT), tenants })
        }
      }),
    )
  }
  // Postgres does it by itself, in its own time.
  if (database.engine === 'postgres') await database.write((manager) => manager.query('ANALYZE "studio_credential"'))
}

function insertRows(manager, { start, end, tenants }) {
  const names = COLUMNS.map((name) => `"${name}"`).join()
  const marks = `(${COLUMNS.map(() => '?').join()})`
  const values = Array.from({ length: end - start }, (_unused, offset) => rowOf(start + offset, tenants)).flat()
  const statement = `INSERT INTO "studio_credential" (${names}) VALUES ${Array(end - start)
    .fill(marks)
    .join()}`
  return selectRows(manager, statement, values)
}

function rowOf(index, tenants) {
  const [tenantId, position] = [`tenant-${index % tenants}`, Math.floor(index / tenants)]
  const made = credential(tenantId, position)
  const { id, issuer, issuanceDate, credentialSubject, type } = made
  return [
    ...[tenantId, position + 1, JSON.stringify(made), `Qm${tenantId}-${position}`, issuer.id, credentialSubject.id],
    ...[id, issuanceDate, made['@context'].join(), type.join(), issuanceDate],
  ]
}
