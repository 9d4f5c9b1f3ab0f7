import { expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import { newKek, openCustody } from './open-custody.js'

describeOnEachDatabase('a key of the service', (fresh) => {
  it('is the same for all processes, for good, and another for each name', async () => {
    const url = await fresh()
    const kek = newKek()
    const processes = await Promise.all([1, 2, 3].map(() => openCustody({ url, kek })))
    const keys = await Promise.all(processes.map(({ vault }) => vault.serviceKey('ledger-chain')))
    expect(keys[0]?.symmetricKeySize).toBe(32)
    expect(keys.every((key) => keys[0]?.equals(key))).toBe(true)
    const another = await processes[0]?.vault.serviceKey('another')
    expect(another && keys[0]?.equals(another)).toBe(false)
    await Promise.all(processes.map(({ database }) => database.close()))

    const again = await openCustody({ url, kek })
    expect((await again.vault.serviceKey('ledger-chain')).equals(keys[0]!)).toBe(true)
    await again.database.close()
  })
})
