import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { ApiKeyManager } from '../index.js'
import { Peppers } from '../peppers.js'
import { pepperOf } from './studio.js'

describe('peppers', () => {
  it('offer the newest for new tokens, in whatever order they are given', () => {
    const peppers = new Peppers([3, 7, 5].map((version) => ({ version, key: pepperOf(version) })))
    expect(peppers.newest.version).toBe(7)
    expect([1, 3, 5, 7].map((version) => peppers.find(version)?.version)).toEqual([undefined, 3, 5, 7])
  })

  const refused: [string, { version: number; key: ReturnType<typeof pepperOf> }[]][] = [
    ['none at all', []],
    ['a version that does not fit one character', [{ version: 62, key: pepperOf(1) }]],
    ['a version below 1', [{ version: 0, key: pepperOf(1) }]],
    ['a version that is not whole', [{ version: 1.5, key: pepperOf(1) }]],
    ['a short key', [{ version: 1, key: createSecretKey(Buffer.alloc(31)) }]],
    ['a public key', [{ version: 1, key: generateKeyPairSync('ed25519').publicKey }]],
    ['the same version twice', [1, 2].map((byte) => ({ version: 1, key: pepperOf(byte) }))],
  ]
  it.each(refused)('are refused: %s', (_name, versions) => {
    expect(() => new Peppers(versions)).toThrow(/^setting_invalid: /)
  })
})

describe('the settings of the plugin', () => {
  let database: Database
  const directory = temporaryDirectory()

  beforeAll(async () => {
    database = await openDatabase({ url: `sqlite:${directory}/settings.sqlite`, entities: [], migrations: [] })
  })
  afterAll(() => database.close())

  it('must have peppers, in one of the two ways', () => {
    const both = { pepper: pepperOf(1), peppers: [{ version: 1, key: pepperOf(1) }] }
    expect(() => new ApiKeyManager({ database })).toThrow(/^setting_invalid: /)
    expect(() => new ApiKeyManager({ database, peppers: [] })).toThrow(/^setting_invalid: /)
    expect(() => new ApiKeyManager({ database, ...both })).toThrow(/^setting_invalid: /)
    expect(new ApiKeyManager({ database, pepper: pepperOf(1) }).methods).toHaveProperty('apiKeyManagerCreate')
  })
})
