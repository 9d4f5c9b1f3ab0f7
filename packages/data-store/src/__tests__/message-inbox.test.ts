import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { IAgent, IMessage, IPluginMethodMap } from '@veramo/core-types'
import { kitErrors, runInTenant, type Database } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { createAgent } from '@veramo/core'
import { DIDStore, KeyStore, MessageInbox, type MessageInboxOptions } from '../index.js'
import { agentOn, openStudio, studioStores } from './agents.js'

const did = 'did:test:recipient'
const publicKeyHex = 'ab'.repeat(32)
const raw = JSON.stringify({
  typ: 'application/didcomm-plain+json',
  id: 'm',
  type: 't',
  from: 'did:test:s',
  to: [did],
  body: {},
})

describeOnEachDatabase('the inbox', (fresh) => {
  let databases: Database[]
  let database: Database

  beforeEach(async () => {
    const url = await fresh()
    databases = [await openStudio(url), await openStudio(url)]
    database = databases[0]!
  })
  afterEach(async () => {
    for (const each of databases) await each.close()
  })

  /** A tenant that says it has the recipient's key. */
  const claim = (tenantId: string) =>
    runInTenant(tenantId, async () => {
      const key = { kid: publicKeyHex, kms: 'client', type: 'Ed25519' as const, publicKeyHex }
      await new KeyStore(database).importKey(key)
      await new DIDStore(database).importDID({ did, provider: 'did:test', keys: [key], services: [] })
    })
  const message: IMessage = { id: 'm', type: 't', raw, from: 'did:test:s', to: did }
  const agentWith = (methods: IPluginMethodMap = {}): IAgent =>
    createAgent({
      plugins: [
        {
          methods: {
            resolveDid: async () => ({
              didDocument: { id: did, verificationMethod: [{ type: 'Ed25519VerificationKey2020', publicKeyHex }] },
            }),
            unpackDIDCommMessage: async () => ({ message: JSON.parse(raw) as object, metaData: { packing: 'none' } }),
            handleMessage: async () => ({ ...message }),
            ...methods,
          },
        },
      ],
    })
  const inbox = (options: Partial<MessageInboxOptions> = {}, at = database) =>
    new MessageInbox({ database: at, custody: { holds: async () => at.tenantId() === 'holder' }, ...options })
  const arriving = { raw, origin: { name: 'somewhere', anonymous: true } }
  const countOf = (tenantId: string) =>
    runInTenant(tenantId, () => agentOn(studioStores(database)).dataStoreORMGetMessagesCount({}))

  it('gives a message to the tenants whose private key is held, and asks for no other’s', async () => {
    for (const tenantId of ['first', 'holder', 'last']) await claim(tenantId)
    const asked: unknown[] = []
    const custody = {
      holds: async (key: object) => {
        asked.push({ tenantId: database.tenantId(), ...key })
        return database.tenantId() === 'holder'
      },
    }
    expect(await inbox({ custody }).receive(agentWith(), arriving)).toEqual({ id: 'm' })
    const kid = publicKeyHex
    expect(asked).toEqual(['first', 'holder', 'last'].map((tenantId) => ({ tenantId, kid, publicKeyHex })))
    expect([await countOf('first'), await countOf('holder'), await countOf('last')]).toEqual([0, 1, 0])
  })

  it('resolves nothing, and asks nobody, for a DID that nobody manages', async () => {
    await runInTenant('knows', () =>
      agentOn(studioStores(database)).dataStoreSaveMessage({ message: { ...message, id: 'k' } }),
    )
    const unwanted = async () => {
      throw new TypeError('called')
    }
    const receiving = inbox({ custody: { holds: unwanted } }).receive(agentWith({ resolveDid: unwanted }), arriving)
    await expect(receiving).rejects.toMatchObject({ code: 'not_found' })
  })

  it('goes by the keys of the document, whatever a tenant says that they are', async () => {
    await claim('holder')
    const document = { didDocument: { id: did, verificationMethod: [{ type: 'X', publicKeyHex: 'cd'.repeat(32) }] } }
    for (const resolution of [document, { didDocument: null }, { didDocument: { id: did } }]) {
      const receiving = inbox().receive(agentWith({ resolveDid: async () => resolution }), arriving)
      await expect(receiving).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('stores one message of two processes at once, and the first of two that differ', async () => {
    await claim('holder')
    const contents = Array.from({ length: 8 }, (_none, index) => `content ${index}`)
    const outcomes = await Promise.all(
      contents.map((text, index) => {
        const agent = agentWith({ handleMessage: async () => ({ ...message, data: { text } }) })
        return inbox({}, databases[index % 2]).receive(agent, arriving)
      }),
    )
    expect(outcomes).toEqual(contents.map(() => ({ id: 'm' })))
    expect(await countOf('holder')).toBe(1)
    const forged = agentWith({ handleMessage: async () => ({ ...message, from: 'did:test:other', type: 'forged' }) })
    const unmarked = JSON.stringify({ id: 'm', to: did })
    await expect(inbox().receive(forged, { ...arriving, raw: unmarked })).rejects.toMatchObject({ code: 'not_found' })
    const stored = await runInTenant('holder', () => agentOn(studioStores(database)).dataStoreGetMessage({ id: 'm' }))
    expect(stored).toMatchObject({ from: 'did:test:s', type: 't' })
  })

  it('opens a message once: what its handler asks again is answered the same', async () => {
    await claim('holder')
    let opened = 0
    const agent = agentWith({
      unpackDIDCommMessage: async () => ({
        message: { ...message, id: `m${(opened += 1)}` },
        metaData: { packing: 'none' },
      }),
      handleMessage: async (_args, context: { agent: IAgent }) => {
        const { message: unpacked } = await context.agent.execute<object, { message: IMessage }>(
          'unpackDIDCommMessage',
          {},
        )
        return { ...message, id: unpacked.id }
      },
    })
    expect(await inbox().receive(agent, arriving)).toEqual({ id: 'm1' })
    expect(opened).toBe(1)
  })

  it('resolves so many DIDs for one message, at whatever depth', async () => {
    await claim('holder')
    let resolved = 0
    const agent: IAgent = agentWith({
      resolveDid: async () => {
        resolved += 1
        return { didDocument: { id: did, verificationMethod: [{ type: 'X', publicKeyHex }] } }
      },
      verify: async (_args, context: { agent: IAgent }) => {
        for (;;) await context.agent.execute('resolveDid', { didUrl: 'did:test:issuer' })
      },
      handleMessage: async (_args, context: { agent: IAgent }) => context.agent.execute<object, object>('verify', {}),
    })
    await expect(inbox().receive(agent, arriving)).rejects.toMatchObject({ code: 'not_found' })
    expect(resolved).toBeLessThan(50)
  })

  it('tells a fault of ours from a message that makes no sense, also where a plugin has swallowed it', async () => {
    await claim('holder')
    const fault = kitErrors.store_unavailable('the database cannot serve this call now')
    const failing = agentWith({
      handleMessage: async () => {
        throw fault
      },
    })
    await expect(inbox().receive(failing, arriving)).rejects.toBe(fault)
    const swallowing = agentWith({
      handleMessage: async () => {
        await database
          .read((manager) => manager.query('SELECT * FROM "missing"'), { acrossTenants: true })
          .catch(() => undefined)
        throw new TypeError('nothing there')
      },
    })
    await expect(inbox().receive(swallowing, arriving)).rejects.toMatchObject({ code: 'store_unavailable' })
    const broken = agentWith({
      handleMessage: async () => {
        throw new TypeError('nothing there')
      },
    })
    await expect(inbox().receive(broken, arriving)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('takes no message that is too long, nor too many at once', async () => {
    const small = inbox({ maxMessageBytes: raw.length - 1 })
    await expect(small.receive(agentWith(), arriving)).rejects.toMatchObject({ code: 'invalid_argument' })
    const full = inbox({ maxConcurrent: 0 })
    await expect(full.receive(agentWith(), arriving)).rejects.toMatchObject({ code: 'messaging_busy' })
  })
})
