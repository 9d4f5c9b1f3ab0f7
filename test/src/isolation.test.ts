import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { IAgent } from '@veramo/core-types'
import { OPERATOR_TENANT_ID, type Principal } from '@veramo-studio/plugin-kit'
import { tenantAgent } from '@veramo-studio/tenant-agent'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import pg from 'pg'
import { embeddedContext } from './agents/embedded.js'
import { exposedMethods, servedContext } from './agents/served.js'
import { newCustomer, refusalOf, type Customer } from './agents/suite-context.js'
import { MATRIX, type Owned } from './isolation-matrix.js'

jest.setTimeout(120_000)

const methodsOf = (...kinds: string[]) =>
  Object.entries(MATRIX)
    .filter(([, { kind }]) => kinds.includes(kind))
    .map(([method]) => method)

/** Names that nobody has, of the shape of those that somebody has. */
const NOBODYS: Owned = {
  customerId: 'nobody',
  did: 'did:key:zNobody',
  web: 'did:web:localhost:t:nobody:none',
  alias: 'nobodys-alias',
  kid: 'nobodys-kid',
  hash: 'QmNobody',
  presentationHash: 'QmNobodys',
  messageId: 'nobodys-message',
  keyId: 'nobodyskeyid0000',
  sealed: JSON.stringify({
    protected: Buffer.from('{"typ":"application/didcomm-encrypted+json","enc":"A256GCM"}').toString('base64url'),
    ...{
      iv: 'AA',
      ciphertext: 'AA',
      tag: 'AA',
      recipients: [{ header: { kid: 'did:key:zNobody#x' }, encrypted_key: 'AA' }],
    },
  }),
  tag: 'nobodys-tag',
}

/** One of everything, under names that only this tenant has. */
async function fill({ agent, account, token }: Customer): Promise<Owned> {
  const { customerId } = account
  const tag = `tag-of-${customerId}`
  const { did } = await agent.execute<object, { did: string }>('didManagerCreate', { alias: tag })
  const web = await agent.execute<object, { did: string }>('didManagerCreate', { provider: 'did:web', alias: 'shop' })
  const { kid } = await agent.execute<object, { kid: string }>('keyManagerCreate', { kms: 'local', type: 'Secp256k1' })
  const verifiableCredential = {
    ...{ '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiableCredential'] },
    ...{ issuer: did, issuanceDate: '2024-01-01T00:00:00.000Z', credentialSubject: { id: did, name: tag } },
    proof: { type: 'JwtProof2020', jwt: `c.of.${tag}` },
  }
  const verifiablePresentation = {
    ...{ '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'], holder: did },
    ...{ verifiableCredential: [verifiableCredential], proof: { type: 'JwtProof2020', jwt: `p.of.${tag}` } },
  }
  const message = { id: tag, type: 'test', raw: tag, from: did }
  const packed = await agent.execute<object, { message: string }>('packDIDCommMessage', {
    ...{ packing: 'anoncrypt', message: { id: tag, type: 'x', to: [did], body: { tag } } },
  })
  return {
    ...{ customerId, did, web: web.did, alias: tag, kid, tag, sealed: packed.message },
    hash: await agent.execute<object, string>('dataStoreSaveVerifiableCredential', { verifiableCredential }),
    presentationHash: await agent.execute<object, string>('dataStoreSaveVerifiablePresentation', {
      verifiablePresentation,
    }),
    messageId: await agent.execute<object, string>('dataStoreSaveMessage', { message }),
    keyId: String(token.split('_')[2]).slice(0, 16),
  }
}

/** All that a tenant sees of its own. */
async function viewOf(agent: IAgent, owned: Owned): Promise<unknown[]> {
  const view: unknown[] = []
  for (const method of methodsOf('reads', 'lists')) {
    if (MATRIX[method]?.changes) continue
    view.push([method, await outcomeOf(agent, method, owned)])
  }
  return view
}

async function outcomeOf(agent: IAgent, method: string, owned: Owned): Promise<string> {
  try {
    return JSON.stringify({ result: await agent.execute<object, unknown>(method, argsOf(method, owned)) }) ?? ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const argsOf = (method: string, owned: Owned) => MATRIX[method]?.args(owned) ?? {}

/** What is left when names are taken out: those of somebody, and those of nobody. */
function anonymous(text: string, owned: Owned): string {
  const names = Object.values<string>({ ...owned }).sort((one, other) => other.length - one.length)
  return names.reduce((rest, name) => rest.replaceAll(name, 'NAME'), text)
}

/** By the column, not by what the service says of itself. */
async function tablesOfTenants(client: pg.Client): Promise<{ table: string; isForced: boolean }[]> {
  const { rows } = await client.query<{ table: string; isForced: boolean }>(
    `SELECT c.relname AS "table", c.relrowsecurity AND c.relforcerowsecurity AS "isForced" FROM pg_class c
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenantId'
     WHERE c.relkind = 'r' ORDER BY c.relname`,
  )
  expect(rows.length).toBeGreaterThan(30)
  return rows
}

describe('the matrix of isolation', () => {
  it('has an entry for every method that is exposed, and no other', () => {
    expect(Object.keys(MATRIX).sort()).toEqual([...exposedMethods()].sort())
  })
})

describeOnEachDatabase('tenants of the embedded agent', (fresh) => {
  const context = embeddedContext(fresh)
  let owner: Customer
  let other: Customer
  let owned: Owned

  beforeAll(async () => {
    await context.setup()
    ;[owner, other] = [await newCustomer(context), await newCustomer(context)]
    owned = await fill(owner)
  })
  afterAll(() => context.tearDown())

  const operatorFor = (tenantId: string) => {
    const principal: Principal = { tenantId, role: 'operator', permissions: ['*'], environment: 'live' }
    return tenantAgent(context.parts().agent, principal)
  }

  it('see their own', async () => {
    for (const method of methodsOf('reads', 'lists', 'signs')) {
      if (MATRIX[method]?.changes) continue
      expect([method, await outcomeOf(owner.agent, method, owned)]).toEqual([
        method,
        expect.stringMatching(/^\{"result"/),
      ])
    }
  })

  it('get the same bytes for another’s as for nobody’s, and change nothing of another', async () => {
    const before = await viewOf(owner.agent, owned)
    // What it writes itself comes last: it would find that.
    for (const method of [...methodsOf('reads', 'lists', 'signs', 'account'), ...methodsOf('writes')]) {
      const theirs = anonymous(await outcomeOf(other.agent, method, owned), owned)
      const nobodys = anonymous(await outcomeOf(other.agent, method, NOBODYS), NOBODYS)
      if (MATRIX[method]?.random) expect([method, theirs.slice(0, 9)]).toEqual([method, nobodys.slice(0, 9)])
      else expect([method, theirs]).toEqual([method, nobodys])
      if (MATRIX[method]?.kind !== 'writes') expect(theirs).not.toContain(owned.tag)
    }
    expect(await viewOf(owner.agent, owned)).toEqual(before)
  })

  it('are needed: without one there is no answer', async () => {
    const raw = context.parts().agent
    for (const method of methodsOf('reads', 'lists', 'signs', 'writes')) {
      for (const agent of [raw, operatorFor(OPERATOR_TENANT_ID)]) {
        const outcome = await outcomeOf(agent, method, owned)
        // Veramo's plugins have words of their own for a DID that they cannot read, and a message that they cannot open.
        const refused =
          /tenant_required: |^invalid_argument: presentation.holder must be a DID managed by this agent$|^Unsupported message/
        expect([method, outcome]).toEqual([method, expect.stringMatching(refused)])
      }
    }
  })

  it('are seen as they are by an operator who acts for one, and their keys are not used', async () => {
    const acting = operatorFor(owner.account.customerId)
    expect(await viewOf(acting, owned)).toEqual(await viewOf(owner.agent, owned))
    for (const method of methodsOf('signs')) {
      const outcome = await outcomeOf(acting, method, owned)
      expect([method, outcome]).toEqual([
        method,
        expect.stringMatching(/acting_forbidden|customer does not use|does not use the customer|^unable to decrypt/),
      ])
    }
  })

  it('have no part in what is the operator’s', async () => {
    for (const method of methodsOf('operator')) {
      expect(await outcomeOf(other.agent, method, owned)).toMatch(/^permission_denied: /)
    }
  })

  it('learn nothing from names that are taken elsewhere', async () => {
    const theirs = await newCustomer(context)
    const key = await owner.agent.execute<object, { publicKeyHex: string }>('keyManagerGet', { kid: owned.kid })
    const imported = { did: owned.did, alias: owned.alias, provider: 'did:key', keys: [], services: [] }
    expect(await refusalOf(theirs.agent.execute('didManagerImport', imported))).toMatch(/^not refused/)
    expect(await theirs.agent.execute('didManagerGet', { did: owned.did })).toMatchObject({ keys: [] })
    const signing = theirs.agent.execute('keyManagerSign', { keyRef: owned.kid, data: 'x' })
    expect(await refusalOf(signing)).toBe('not_found: Key not found')
    const own = await theirs.agent.execute<object, { kid: string }>('keyManagerImport', {
      ...{ kid: owned.kid, kms: 'local', type: 'Secp256k1', privateKeyHex: '1'.repeat(64) },
    })
    expect(own.kid).toBe(owned.kid)
    expect(await owner.agent.execute('keyManagerGet', { kid: owned.kid })).toEqual(key)
  })
})

describeOnEachDatabase('tenants of the served agent', (fresh, engine) => {
  const context = servedContext(fresh)

  beforeAll(() => context.setup())
  afterAll(() => context.tearDown())

  it('get the same bytes over HTTP for another’s as for nobody’s', async () => {
    const [owner, other] = [await newCustomer(context), await newCustomer(context)]
    const owned = await fill(owner)
    const bytesOf = async (method: string, names: Owned) => {
      const answer = await fetch(`${context.service().baseUrl}/agent/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': other.token },
        body: JSON.stringify(argsOf(method, names)),
      })
      return anonymous(`${answer.status} ${await answer.text()}`, names)
    }
    for (const method of methodsOf('reads', 'lists', 'signs', 'account')) {
      if (MATRIX[method]?.random) continue
      expect([method, await bytesOf(method, owned)]).toEqual([method, await bytesOf(method, NOBODYS)])
    }
  })

  const onPostgres = engine === 'postgres' ? it : it.skip

  // SQLite knows no roles: whoever has the file has all of it.
  onPostgres('are kept apart by the database too, in every table that has rows of tenants', async () => {
    const customers = [await newCustomer(context), await newCustomer(context)]
    for (const customer of customers) await fill(customer)
    const client = new pg.Client({ connectionString: String(context.service().environment['DATABASE_URL']) })
    await client.connect()
    const tables = await tablesOfTenants(client)
    expect(tables.filter(({ isForced }) => !isForced)).toEqual([])
    const seenIn = async (tenantId: string, operator = 'off') => {
      const seen = new Map<string, string[]>()
      await client.query('BEGIN')
      await client.query(`SELECT set_config('studio.tenant_id', $1, true), set_config('studio.operator', $2, true)`, [
        ...[tenantId, operator],
      ])
      for (const { table } of tables) {
        const { rows } = await client.query<{ tenantId: string }>(`SELECT DISTINCT "tenantId" FROM "${table}"`)
        if (rows.length > 0) seen.set(table, rows.map((row) => row.tenantId).sort())
      }
      await client.query('ROLLBACK')
      return seen
    }
    const all = await seenIn('', 'on')
    expect(all.get('studio_did')).toEqual(expect.arrayContaining(customers.map(({ account }) => account.customerId)))
    for (const { account } of customers) {
      const own = await seenIn(account.customerId)
      expect([...own.keys()]).toEqual(
        [...all].flatMap(([table, ids]) => (ids.includes(account.customerId) ? [table] : [])),
      )
      for (const ids of own.values()) expect(ids).toEqual([account.customerId])
    }
    expect(await seenIn('')).toEqual(new Map())
    expect(await seenIn('nobody')).toEqual(new Map())
    await client.end()
  })
})
