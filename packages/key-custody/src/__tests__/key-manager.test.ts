import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createAgent, type TAgent } from '@veramo/core'
import type { IKeyManager } from '@veramo/core-types'
import { KeyManager, MemoryKeyStore } from '@veramo/key-manager'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { newKek, openCustody, type OpenedCustody } from './open-custody.js'

describeOnEachDatabase('an agent with CustodianKms', (fresh) => {
  let custody: OpenedCustody
  let agent: TAgent<IKeyManager>

  beforeEach(async () => {
    custody = await openCustody({ url: await fresh(), kek: newKek() })
    const keyManager = new KeyManager({ store: new MemoryKeyStore(), kms: { local: custody.kms } })
    agent = createAgent<IKeyManager>({ plugins: [keyManager] })
  })

  afterEach(() => custody.database.close())

  it('creates, signs, shares secrets, decrypts and deletes as with a local KMS', async () => {
    await runInTenant('ada', async () => {
      const key = await agent.keyManagerCreate({ kms: 'local', type: 'X25519', meta: { label: 'mine' } })
      expect(key).toMatchObject({ kms: 'local', type: 'X25519', meta: { label: 'mine' } })
      expect(key).not.toHaveProperty('privateKeyHex')
      const jwe = await agent.keyManagerEncryptJWE({ kid: key.kid, to: key, data: 'for Ada' })
      expect(await agent.keyManagerDecryptJWE({ kid: key.kid, data: jwe })).toBe('for Ada')
      expect(await agent.keyManagerDelete({ kid: key.kid })).toBe(true)
      expect(await custody.kms.listKeys()).toEqual([])
    })
  })

  it('imports a key without showing its private half again', async () => {
    await runInTenant('ada', async () => {
      const privateKeyHex = '11'.repeat(32)
      const imported = await agent.keyManagerImport({ kms: 'local', type: 'Secp256k1', privateKeyHex })
      expect(JSON.stringify(imported)).not.toContain(privateKeyHex)
      expect(JSON.stringify(await agent.keyManagerGet({ kid: imported.kid }))).not.toContain(privateKeyHex)
      const signature = await agent.keyManagerSign({ keyRef: imported.kid, data: 'x', algorithm: 'ES256K' })
      expect(Buffer.from(signature, 'base64url')).toHaveLength(64)
    })
  })
})
