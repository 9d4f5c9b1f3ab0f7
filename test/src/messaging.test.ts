import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { IIdentifier, IMessage } from '@veramo/core-types'
import { DIDComm } from '@veramo/did-comm'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { didOf, pack, received, PACKINGS } from './agents/messages.js'
import { servedContext } from './agents/served.js'
import { newCustomer, refusalOf, type Customer } from './agents/suite-context.js'

const ENCRYPTED = 'application/didcomm-encrypted+json'
const HELD_KEY = '1'.repeat(64)

interface Answer {
  status: number
  type: string
  text: string
}

describeOnEachDatabase('POST /messaging', (fresh) => {
  const context = servedContext(fresh)
  let sender: Customer
  let recipient: Customer
  let attacker: Customer
  /** Of the recipient. */
  let to: string
  let from: string

  beforeAll(async () => {
    await context.setup()
    ;[sender, recipient, attacker] = [
      await newCustomer(context),
      await newCustomer(context),
      await newCustomer(context),
    ]
    ;[from, to] = [await didOf(context, sender.agent, 'did:peer'), await didOf(context, recipient.agent, 'did:web')]
  })
  afterAll(() => context.tearDown())

  const post = async (body: string, headers: Record<string, string> = {}, path = ''): Promise<Answer> => {
    const answer = await fetch(`${context.service().baseUrl}/messaging${path}`, {
      method: 'POST',
      headers: { 'content-type': ENCRYPTED, ...headers },
      body,
    })
    return { status: answer.status, type: String(answer.headers.get('content-type')), text: await answer.text() }
  }
  const sealed = (body: object = {}, id: string = randomUUID()) =>
    pack(sender.agent, 'authcrypt', { id, from, to: [to], body })
  const countOf = (customer: Customer) => customer.agent.execute<object, number>('dataStoreORMGetMessagesCount', {})
  const plain = (message: object) => JSON.stringify({ typ: 'application/didcomm-plain+json', ...message })

  it('takes a message from anybody who sends it, without a key, for the tenant that it is for alone', async () => {
    const before = [await countOf(sender), await countOf(attacker)]
    for (const packing of PACKINGS) {
      const id = `anonymous-${packing}`
      const raw = await pack(sender.agent, packing, { id, from, to: [to], body: { packing } })
      expect(await post(raw)).toMatchObject({ status: 200, text: JSON.stringify({ id }) })
      expect(await received(recipient.agent, id)).toMatchObject([{ id, from, to, raw, data: { packing } }])
    }
    expect([await countOf(sender), await countOf(attacker)]).toEqual(before)
  })

  it.each(['application/didcomm-plain+json', 'application/json', 'application/json; charset=utf-8', 'text/plain'])(
    'takes %s',
    async (type) => {
      const id = randomUUID()
      const raw = await pack(sender.agent, 'none', { id, from, to: [to], body: {} })
      expect(await post(raw, { 'content-type': type })).toMatchObject({ status: 200, text: JSON.stringify({ id }) })
    },
  )

  it('takes a JWT for the tenant of its audience', async () => {
    const payload = { vp: { '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'] } }
    const { did: holder } = await sender.agent.execute<object, IIdentifier>('didManagerCreate', {})
    const presentation = { holder, verifier: [to], ...payload.vp, verifiableCredential: [] }
    const made = await sender.agent.execute<object, { proof: { jwt: string } }>('createVerifiablePresentation', {
      ...{ presentation, proofFormat: 'jwt' },
    })
    const answer = await post(made.proof.jwt, { 'content-type': 'text/plain' })
    expect(answer.status).toBe(200)
    const { id } = JSON.parse(answer.text) as IMessage
    expect(await received(recipient.agent, id)).toMatchObject([{ type: 'w3c.vp', from: holder, to }])
    const forged = made.proof.jwt.replace(/.{8}$/, 'AAAAAAAA')
    expect((await post(forged, { 'content-type': 'text/plain' })).status).toBe(404)
  })

  it('goes by the recipient alone: no header, path or query names a tenant', async () => {
    const { customerId } = attacker.account
    const raw = await sealed({}, 'by-recipient')
    const before = await countOf(attacker)
    const headers = { 'x-api-key': attacker.token, 'x-customer-id': customerId, 'x-tenant-id': customerId }
    expect((await post(raw, headers, `?tenantId=${customerId}`)).status).toBe(200)
    expect(await received(recipient.agent, 'by-recipient')).toHaveLength(1)
    expect((await post(raw, {}, `/${customerId}`)).status).toBe(404)
    expect(await countOf(attacker)).toBe(before)
  })

  it('gives a tenant nothing that has imported another’s DID, its public keys, or keys of its own under the same ids', async () => {
    const keyDid = await didOf(context, recipient.agent, 'did:key')
    const imported = await Promise.all([newCustomer(context), newCustomer(context)])
    for (const did of [to, keyDid]) {
      const { keys } = await recipient.agent.execute<object, IIdentifier>('didManagerGet', { did })
      const [first, second] = imported
      await first.agent.execute('didManagerImport', { did, provider: 'did:web', keys: [], services: [] })
      await second.agent.execute('didManagerImport', {
        ...{ did, provider: 'did:web', services: [], controllerKeyId: keys[0]?.kid },
        keys: keys.map(({ kid }) => ({ kid, kms: 'local', type: 'Ed25519', privateKeyHex: HELD_KEY })),
      })
      for (const key of keys) {
        // A public key without its private one is refused, or does nothing.
        await refusalOf(first.agent.execute('didManagerAddKey', { did, key, options: { localOnly: true } }))
      }
      for (const packing of PACKINGS) {
        const id = randomUUID()
        const raw = await pack(sender.agent, packing, { id, from, to: [did], body: {} })
        expect((await post(raw)).status).toBe(200)
        expect(await received(recipient.agent, id)).toHaveLength(1)
      }
    }
    for (const customer of imported) expect(await countOf(customer)).toBe(0)
  })

  it('gives each tenant that holds the private key the message', async () => {
    const holders = [await newCustomer(context), await newCustomer(context)]
    const privateKeyHex = Buffer.from(randomUUID().replaceAll('-', '')).toString('hex')
    const dids: string[] = []
    for (const { agent } of holders) {
      const options = { key: { type: 'Ed25519', privateKeyHex } }
      dids.push((await agent.execute<object, IIdentifier>('didManagerCreate', { provider: 'did:key', options })).did)
    }
    expect(new Set(dids).size).toBe(1)
    for (const packing of PACKINGS) {
      const raw = await pack(sender.agent, packing, { id: packing, from, to: [dids[0]], body: {} })
      expect(await post(raw)).toMatchObject({ status: 200, text: JSON.stringify({ id: packing }) })
      for (const { agent } of holders) expect(await received(agent, packing)).toHaveLength(1)
    }
  })

  it('answers all that nobody can receive with the same bytes', async () => {
    const raw = await sealed()
    const jwe = JSON.parse(raw) as { ciphertext: string; recipients: { header: { kid: string } }[] }
    const toNobody = raw.replaceAll(to, to.replace(recipient.account.customerId, 'nobody'))
    const others = await didOf(context, attacker.agent, 'did:key')
    const wrongKey = {
      ...jwe,
      recipients: jwe.recipients.map((each) => ({ ...each, header: { ...each.header, kid: `${others}#x` } })),
    }
    const imported = 'did:web:example.com'
    await attacker.agent.execute('didManagerImport', { did: imported, provider: 'did:web', keys: [], services: [] })
    const bodies = [
      toNobody,
      JSON.stringify({ ...jwe, ciphertext: `AAAA${jwe.ciphertext.slice(4)}` }),
      JSON.stringify(wrongKey),
      plain({ id: 'x', type: 'x', to: ['did:key:z6MkNobody'] }),
      plain({ id: 'x', type: 'x', to: [imported] }),
      plain({ id: 'x', to: [to] }),
      plain({ id: 'x', type: { a: 1 }, to: [to] }),
      plain({ id: { a: 1 }, type: 'x', to: [to] }),
      plain({ id: 'x', type: 'x', to: [from], created_time: 'never' }),
      JSON.stringify({ id: 'x', type: 'nothing that is handled', to }),
      'eyJhbGciOiJub25lIn0.eyJhdWQiOiJkaWQ6a2V5OnoifQ.AA',
      (await pack(sender.agent, 'jws', { from, to: [to], body: {} })).replace(/"signature":"..../, '"signature":"AAAA'),
    ]
    const answers = new Set<string>()
    for (const body of bodies) answers.add(JSON.stringify(await post(body)))
    expect([...answers].map((text) => JSON.parse(text) as Answer)).toEqual([
      {
        status: 404,
        type: 'application/problem+json; charset=utf-8',
        text: JSON.stringify({
          ...{ type: 'urn:veramo-studio:error:not_found', title: 'Not found', status: 404, code: 'not_found' },
          detail: 'nobody here can receive this message',
          error: 'not_found: nobody here can receive this message',
          instance: '/messaging',
        }),
      },
    ])
  })

  it('stores a message that arrives again once, also many times at once, and lets nobody change it', async () => {
    const raw = await sealed({ text: 'first' }, 'again')
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(raw)))
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, text: '{"id":"again"}' })
    expect((await post(await sealed({ text: 'changed' }, 'again'))).status).toBe(200)
    const forged = plain({ id: 'again', type: 'x', to: [to], from: 'did:example:other', body: { text: 'forged' } })
    expect((await post(forged)).status).toBe(404)
    expect(await received(recipient.agent, 'again')).toMatchObject([{ raw, from, data: { text: 'first' } }])
  })

  it('takes no sender’s word for whom a sealed message is from or to', async () => {
    const own = await didOf(context, attacker.agent, 'did:key')
    const victim = await didOf(context, sender.agent, 'did:key')
    const identifier = await attacker.agent.execute<object, IIdentifier>('didManagerGet', { did: own })
    const call = (method: string) => (args: object) => attacker.agent.execute<object, unknown>(method, args)
    // Veramo's plugin packs for a DID of one's own alone: this one believes that every DID is.
    const agent = {
      didManagerGet: async () => structuredClone(identifier),
      ...{ resolveDid: call('resolveDid'), getDIDComponentById: call('getDIDComponentById') },
      keyManagerSharedSecret: call('keyManagerSharedSecret'),
    }
    const forge = async (message: { id: string; from: string; to: string[] }) => {
      const forging = { agent } as unknown as Parameters<DIDComm['packDIDCommMessage']>[1]
      const whole = { type: 'https://example.com/test', body: {}, ...message }
      const args = { packing: 'authcrypt' as const, message: whole, options: { bcc: [to] } }
      const packed = await new DIDComm().packDIDCommMessage(args, forging)
      const jwe = JSON.parse(packed.message) as { recipients: { header: { kid: string } }[] }
      return JSON.stringify({ ...jwe, recipients: jwe.recipients.filter(({ header }) => header.kid.startsWith(to)) })
    }
    expect((await post(await forge({ id: 'honest', from: own, to: [to] }))).status).toBe(200)
    expect((await post(await forge({ id: 'forged-from', from: victim, to: [to] }))).status).toBe(404)
    expect((await post(await forge({ id: 'forged-to', from: own, to: [victim] }))).status).toBe(404)
    expect(await received(recipient.agent, 'honest')).toHaveLength(1)
    for (const id of ['forged-from', 'forged-to']) expect(await received(recipient.agent, id)).toEqual([])
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"a":'],
    ['a list', '[]'],
    ['a string', '"x"'],
    ['no recipient', plain({ id: 'x', type: 'x' })],
    ['a recipient that is no DID', plain({ id: 'x', type: 'x', to: ['https://example.com'] })],
    [
      'too many recipients',
      plain({ id: 'x', type: 'x', to: Array.from({ length: 17 }, (_none, at) => `did:x:${at}`) }),
    ],
    ['a recipient that is too long', plain({ id: 'x', type: 'x', to: [`did:x:${'a'.repeat(2000)}`] })],
    ['a header that is none', JSON.stringify({ protected: 'e30', recipients: [] })],
    [
      'recipients that are none',
      JSON.stringify({ protected: Buffer.from(`{"typ":"${ENCRYPTED}"}`).toString('base64url') }),
    ],
    ['two things in one', plain({ id: 'x', type: 'x', to: ['did:x:y'], ciphertext: 'x' })],
    ['what would change a prototype', plain({ id: 'x' }).replace('{', '{"__proto__":{"to":["did:x:y"]},')],
    ['a JWT of nothing', 'a.b.c'],
  ])('refuses %s as malformed', async (_name, body) => {
    const answer = await post(body)
    expect([answer.status, (JSON.parse(answer.text) as { code: string }).code]).toEqual([400, 'invalid_argument'])
  })

  it('refuses other types, other verbs, packed bodies and long ones before it looks at them', async () => {
    const raw = await sealed()
    const codeOf = async (answer: Promise<Answer>) => {
      const { status, text } = await answer
      return `${status} ${(JSON.parse(text) as { code: string }).code}`
    }
    expect(await codeOf(post(raw, { 'content-type': 'application/x-www-form-urlencoded' }))).toBe(
      '415 content_type_unsupported',
    )
    expect(await codeOf(post(raw, { 'content-type': 'application/json; charset=utf-16' }))).toBe(
      '415 content_type_unsupported',
    )
    expect(await codeOf(post(raw, { 'content-encoding': 'gzip' }))).toBe('415 content_type_unsupported')
    expect(await codeOf(post('x'.repeat(1_048_577)))).toBe('413 body_too_large')
    const got = await fetch(`${context.service().baseUrl}/messaging`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('reaches no method of the agent', async () => {
    for (const path of ['/accountManagerCreate', '/handleMessage', '/../agent/didManagerCreate']) {
      const answer = await post(plain({ id: 'x', type: 'x', to: [to] }), {}, path)
      expect([401, 404]).toContain(answer.status)
    }
    const method = plain({ id: 'method', type: 'accountManagerCreate', to: [to], body: { name: 'x' } })
    const before = await (await context.operator()).execute<object, { items: object[] }>('accountManagerList', {})
    expect((await post(method)).status).toBe(200)
    const after = await (await context.operator()).execute<object, { items: object[] }>('accountManagerList', {})
    expect(after.items).toHaveLength(before.items.length)
  })

  it('stores nothing for a customer whose account is closed', async () => {
    const closing = await newCustomer(context)
    const did = await didOf(context, closing.agent, 'did:key')
    const raw = await pack(sender.agent, 'anoncrypt', { from, to: [did], body: {} })
    expect((await post(raw)).status).toBe(200)
    await (await context.operator()).execute('accountManagerClose', { customerId: closing.account.customerId })
    const again = await pack(sender.agent, 'anoncrypt', { from, to: [did], body: {} })
    expect((await post(again)).status).toBe(404)
  })

  it('answers on the same connection where a trust ping asks for it', async () => {
    const ping = {
      id: 'returned',
      type: 'https://didcomm.org/trust-ping/2.0/ping',
      from,
      to: [to],
      body: {},
      return_route: 'all',
    }
    const answer = await post(await pack(sender.agent, 'authcrypt', ping))
    expect(answer).toMatchObject({ status: 200, type: `${ENCRYPTED}; charset=utf-8` })
    const message = JSON.parse(answer.text) as string
    const opened = await sender.agent.execute<object, { message: IMessage }>('unpackDIDCommMessage', { message })
    expect(opened.message).toMatchObject({ id: 'returned-response', thid: 'returned' })
  })

  it('stays up under a flood: each is served or told to come back, and the next is served', async () => {
    const raw = await sealed()
    const answers = await Promise.all(Array.from({ length: 200 }, () => post(raw)))
    for (const { status, text } of answers) {
      if (status !== 200) expect([status, text]).toEqual([503, expect.stringContaining('messaging_busy')])
    }
    await sleep(1000)
    expect(await post(await sealed())).toMatchObject({ status: 200 })
  })

  it('holds no place for a body that does not arrive', async () => {
    const slow = Array.from({ length: 40 }, () => {
      const outgoing = request(`${context.service().baseUrl}/messaging`, {
        method: 'POST',
        headers: { 'content-type': ENCRYPTED, 'content-length': '1000' },
      })
      outgoing.on('error', () => undefined)
      outgoing.write('{')
      return outgoing
    })
    await sleep(200)
    expect(await post(await sealed())).toMatchObject({ status: 200 })
    for (const outgoing of slow) outgoing.destroy()
  })
})
