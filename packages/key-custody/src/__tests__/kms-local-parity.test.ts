import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ed25519 } from '@noble/curves/ed25519'
import { p256 } from '@noble/curves/p256'
import type { ManagedKeyInfo } from '@veramo/core-types'
import { MemoryPrivateKeyStore } from '@veramo/key-manager'
import { KeyManagementSystem } from '@veramo/kms-local'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { getBytes, toUtf8Bytes, Transaction, Wallet } from 'ethers'
import { newKek, openCustody, type OpenedCustody } from './open-custody.js'

const KEY_TYPES = ['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1']

const TYPED_DATA = {
  domain: { name: 'Studio', version: '1', chainId: 1 },
  primaryType: 'Message',
  types: {
    EIP712Domain: [
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'chainId', type: 'uint256' },
    ],
    Message: [{ name: 'text', type: 'string' }],
  },
  message: { text: 'hello' },
}

const unsignedTransaction = () =>
  Transaction.from({
    to: '0x0000000000000000000000000000000000000001',
    value: 7n,
    nonce: 3,
    gasLimit: 21_000n,
    maxFeePerGas: 9n,
    maxPriorityFeePerGas: 1n,
    chainId: 1n,
    type: 2,
  })

const text = toUtf8Bytes('the bytes to sign, ünïcode included')
const digest = randomBytes(32)
const typedData = toUtf8Bytes(JSON.stringify(TYPED_DATA))
const transaction = getBytes(unsignedTransaction().unsignedSerialized)

describe('CustodianKms beside @veramo/kms-local', () => {
  const directory = temporaryDirectory()
  let custody: OpenedCustody
  const local = new KeyManagementSystem(new MemoryPrivateKeyStore())

  beforeAll(async () => {
    custody = await openCustody({ url: `sqlite:${directory}/studio.sqlite`, kek: newKek() })
  })

  afterAll(() => custody.database.close())

  const inTenant = <T>(work: () => T): T => runInTenant('ada', work)

  const importBoth = async (type: string, privateKeyHex = randomBytes(32).toString('hex'), kid?: string) => {
    const args = { type, privateKeyHex, ...(kid !== undefined && { kid }) }
    const [ours, theirs] = [await inTenant(() => custody.kms.importKey(args)), await local.importKey(args)]
    return { ours, theirs }
  }

  it.each(KEY_TYPES)('describes an imported key of %s alike, with and without a kid', async (type) => {
    const { ours, theirs } = await importBoth(type)
    expect(ours).toEqual(theirs)
    const named = await importBoth(type, randomBytes(32).toString('hex'), `my ${type}`)
    expect(named.ours).toEqual(named.theirs)
    expect(named.ours.kid).toBe(`my ${type}`)
  })

  it.each(KEY_TYPES)('describes a created key of %s alike', async (type) => {
    const ours = await inTenant(() => custody.kms.createKey({ type }))
    const theirs = await local.createKey({ type })
    expect(ours.kid).toBe(ours.publicKeyHex)
    expect(ours.publicKeyHex).toHaveLength(theirs.publicKeyHex.length)
    const { kid, publicKeyHex } = theirs
    expect({ ...ours, kid, publicKeyHex }).toEqual(theirs)
  })

  it('takes a private key of Ed25519 with its public key behind it, and upper case', async () => {
    const seed = randomBytes(32)
    const extended = `${seed.toString('hex')}${Buffer.from(ed25519.getPublicKey(seed)).toString('hex')}`.toUpperCase()
    const { ours, theirs } = await importBoth('Ed25519', extended)
    expect(ours).toEqual(theirs)
  })

  it('lists keys alike', async () => {
    const mine = runInTenant('lister', () => custody.kms)
    const other = new KeyManagementSystem(new MemoryPrivateKeyStore())
    for (const type of KEY_TYPES) {
      const key = { type, privateKeyHex: randomBytes(32).toString('hex'), kid: `my ${type}` }
      await runInTenant('lister', () => mine.importKey(key))
      await other.importKey(key)
    }
    const byKid = (a: ManagedKeyInfo, b: ManagedKeyInfo) => (a.kid < b.kid ? -1 : 1)
    const ours = await runInTenant('lister', () => mine.listKeys())
    expect(ours.sort(byKid)).toEqual((await other.listKeys()).sort(byKid))
  })

  it.each<[string, string | undefined, Uint8Array]>([
    ['Ed25519', undefined, text],
    ['Ed25519', 'EdDSA', text],
    ['Ed25519', 'Ed25519', text],
    ['Secp256k1', undefined, text],
    ['Secp256k1', 'ES256K', text],
    ['Secp256k1', 'ES256K-R', text],
    ['Secp256k1', 'eth_signTransaction', transaction],
    ['Secp256k1', 'signTransaction', transaction],
    ['Secp256k1', 'signTx', transaction],
    ['Secp256k1', 'eth_signMessage', text],
    ['Secp256k1', 'eth_signTypedData', typedData],
    ['Secp256k1', 'EthereumEip712Signature2021', typedData],
    ['Secp256k1', 'eth_rawSign', digest],
  ])('signs the same bytes with %s and %s', async (type, algorithm, data) => {
    for (let round = 0; round < 5; round += 1) {
      const { ours, theirs } = await importBoth(type)
      const named = algorithm === undefined ? {} : { algorithm }
      const signature = await inTenant(() => custody.kms.sign({ keyRef: ours, data, ...named }))
      expect(signature).toBe(await local.sign({ keyRef: theirs, data, ...named }))
    }
  })

  it.each([undefined, 'ES256'])('signs with Secp256r1 and %s what verifies under the same key', async (algorithm) => {
    const { ours, theirs } = await importBoth('Secp256r1')
    const named = algorithm === undefined ? {} : { algorithm }
    const signatures = [
      await inTenant(() => custody.kms.sign({ keyRef: ours, data: text, ...named })),
      await local.sign({ keyRef: theirs, data: text, ...named }),
    ]
    for (const signature of signatures) {
      const bytes = Buffer.from(signature, 'base64url')
      expect(bytes).toHaveLength(64)
      expect(p256.verify(bytes, text, Buffer.from(ours.publicKeyHex, 'hex'), { prehash: true })).toBe(true)
    }
  })

  it.each([
    ['Ed25519', 'Ed25519'],
    ['Ed25519', 'X25519'],
    ['X25519', 'Ed25519'],
    ['X25519', 'X25519'],
  ])('shares the same secret between %s and %s', async (mine, other) => {
    const { ours, theirs } = await importBoth(mine)
    const theirKey = await local.createKey({ type: other })
    const secret = await inTenant(() => custody.kms.sharedSecret({ myKeyRef: ours, theirKey }))
    expect(secret).toBe(await local.sharedSecret({ myKeyRef: theirs, theirKey }))
    const back = await local.sharedSecret({ myKeyRef: theirKey, theirKey: ours })
    expect(secret).toBe(back)
  })

  /** Both refuse: with the same words, each after its own code. */
  const expectSameWords = async (ours: Promise<unknown>, theirs: Promise<unknown>) => {
    const messageOf = (call: Promise<unknown>) =>
      call.then(
        () => 'no error',
        (error: Error) => error.message,
      )
    const [mine, other] = [await messageOf(ours), await messageOf(theirs)]
    expect(other).not.toBe('no error')
    expect(mine).toContain(other.replace(/^[a-z_]+: /, ''))
  }

  it('refuses with the same words what a key cannot do', async () => {
    for (const [type, algorithm] of [
      ['X25519', undefined],
      ['Ed25519', 'ES256K'],
      ['Secp256k1', 'EdDSA'],
      ['Secp256k1', 'constructor'],
      ['Secp256r1', 'ES256K'],
    ] as const) {
      const { ours, theirs } = await importBoth(type)
      const args = { data: text, ...(algorithm && { algorithm }) }
      const mine = inTenant(() => custody.kms.sign({ keyRef: ours, ...args }))
      await expectSameWords(mine, local.sign({ keyRef: theirs, ...args }))
      await expect(mine).rejects.toMatchObject({ code: 'not_supported', status: 400 })
    }
  })

  it('refuses with the same words key types that neither holds', async () => {
    for (const type of ['Bls12381G1', 'Bls12381G2', 'Nonsense']) {
      await expectSameWords(
        inTenant(() => custody.kms.createKey({ type })),
        local.createKey({ type }),
      )
      const key = { type, privateKeyHex: '11'.repeat(32) }
      const mine = inTenant(() => custody.kms.importKey(key))
      await expectSameWords(mine, local.importKey(key))
      await expect(mine).rejects.toMatchObject({ code: 'not_supported' })
    }
  })

  it('refuses with the same words keys that share no secret, and keys that are not there', async () => {
    const x25519 = await importBoth('X25519')
    const secp256k1 = await importBoth('Secp256k1')
    for (const [mine, theirKey] of [
      [secp256k1, x25519.ours],
      [x25519, secp256k1.ours],
      [x25519, { type: 'X25519', publicKeyHex: '' }],
      [x25519, { type: '', publicKeyHex: 'ff' }],
      [{ ours: { kid: 'absent' }, theirs: { kid: 'absent' } }, x25519.ours],
    ] as const) {
      await expectSameWords(
        inTenant(() => custody.kms.sharedSecret({ myKeyRef: mine.ours, theirKey })),
        local.sharedSecret({ myKeyRef: mine.theirs, theirKey }),
      )
    }
    const absent = { keyRef: { kid: 'absent' }, data: text }
    await expectSameWords(
      inTenant(() => custody.kms.sign(absent)),
      local.sign(absent),
    )
  })

  it('refuses with the same words data that is not what the algorithm signs', async () => {
    const { ours, theirs } = await importBoth('Secp256k1')
    const signedByAnother = await Wallet.createRandom().signTransaction(unsignedTransaction())
    for (const [algorithm, data] of [
      ['eth_signTypedData', text],
      ['eth_signTypedData', toUtf8Bytes('{}')],
      ['eth_signTypedData', toUtf8Bytes(JSON.stringify({ ...TYPED_DATA, types: { Message: [{}] } }))],
      ['eth_signTransaction', getBytes(signedByAnother)],
      ['eth_signTransaction', text],
      ['eth_rawSign', text],
    ] as const) {
      const mine = inTenant(() => custody.kms.sign({ keyRef: ours, algorithm, data }))
      await expectSameWords(mine, local.sign({ keyRef: theirs, algorithm, data }))
      await expect(mine).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    }
  })

  it('refuses with the same words an import without a type or a key', async () => {
    for (const args of [
      { type: '', privateKeyHex: '11'.repeat(32) },
      { type: 'Ed25519', privateKeyHex: '' },
    ]) {
      await expectSameWords(
        inTenant(() => custody.kms.importKey(args)),
        local.importKey(args),
      )
    }
  })
})
