import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { newKek, openCustody } from './open-custody.js'

describe('keys at rest', () => {
  const directory = temporaryDirectory()

  it('leave no private byte, and not the root key, in the files of the database', async () => {
    const kek = newKek()
    const custody = await openCustody({ url: `sqlite:${join(directory, 'studio.sqlite')}`, kek })
    const secrets = ['Ed25519', 'X25519', 'Secp256k1', 'Secp256r1'].map((type) => ({ type, bytes: randomBytes(32) }))
    for (const { type, bytes } of secrets) {
      const key = { type, privateKeyHex: bytes.toString('hex'), kid: `kid of ${type}` }
      await runInTenant('ada', () => custody.kms.importKey(key))
    }
    const readFiles = () => Buffer.concat(readdirSync(directory).map((file) => readFileSync(join(directory, file))))
    const open = readFiles()
    await custody.database.close()
    for (const files of [open, readFiles()]) {
      // What is public is there: it is the right files that are searched.
      expect(files.includes('kid of Ed25519')).toBe(true)
      for (const bytes of [...secrets.map((secret) => secret.bytes), kek.export()]) {
        const spellings = [bytes, bytes.subarray(8, 24)].flatMap((part) => [
          part,
          part.toString('hex'),
          part.toString('hex').toUpperCase(),
        ])
        spellings.push(bytes.toString('base64').slice(0, 40), bytes.toString('base64url').slice(0, 40))
        for (const spelling of spellings) expect(files.includes(spelling)).toBe(false)
      }
    }
  })

  it('do not show when the KMS is printed', async () => {
    const kek = newKek()
    const custody = await openCustody({ url: `sqlite:${join(directory, 'printed.sqlite')}`, kek })
    const bytes = randomBytes(32)
    const keyRef = await runInTenant('ada', () =>
      custody.kms.importKey({ type: 'Secp256k1', privateKeyHex: bytes.toString('hex') }),
    )
    await runInTenant('ada', () => custody.kms.sign({ keyRef, data: Buffer.from('x') }))
    const printed = inspect(custody.kms, { depth: Infinity, showHidden: true })
    expect(printed).toContain('Secp256k1')
    for (const secret of [bytes, kek.export()]) {
      expect(printed).not.toContain(secret.toString('hex'))
      expect(printed).not.toContain(inspect(secret).slice(8, 60))
    }
    await custody.database.close()
  })
})
