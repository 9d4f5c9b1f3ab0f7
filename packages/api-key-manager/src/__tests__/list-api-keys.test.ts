import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { runInTenant } from '@veramo-studio/plugin-kit'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerListArgs } from '../index.js'
import { openStudio, principalOf, type Studio } from './studio.js'

describeOnEachDatabase('apiKeyManagerList', (fresh) => {
  let studio: Studio

  beforeEach(async () => {
    studio = await openStudio(await fresh())
  })

  afterEach(() => studio.database.close())

  const list = (args: ApiKeyManagerListArgs) => studio.agent.apiKeyManagerList(args)

  async function listAll(args: ApiKeyManagerListArgs): Promise<string[][]> {
    const pages: string[][] = []
    for (let cursor: string | undefined, isLast = false; !isLast;) {
      const page = await list({ ...args, ...(cursor !== undefined && { cursor }) })
      pages.push(page.items.map(({ name }) => name))
      cursor = page.nextCursor
      isLast = cursor === undefined
    }
    return pages
  }

  it('pages through all keys of a customer once each, oldest first, revoked ones included', async () => {
    for (const name of ['1', '2', '3', '4', '5']) {
      const { apiKey } = await studio.create({ customerId: 'alice', name })
      await studio.create({ customerId: 'bob', name: `not ${name}` })
      if (name === '2') await studio.agent.apiKeyManagerRevoke({ keyId: apiKey.keyId })
      studio.clock.advanceMs(1)
    }
    expect(await listAll({ customerId: 'alice', limit: 2 })).toEqual([['1', '2'], ['3', '4'], ['5']])
    expect(await listAll({ customerId: 'alice', limit: 5 })).toEqual([['1', '2', '3', '4', '5']])
    const { items } = await list({ customerId: 'alice' })
    expect(items.map(({ status }) => status)).toEqual(['active', 'revoked', 'active', 'active', 'active'])
  })

  it('neither skips nor repeats keys of the same millisecond', async () => {
    const names = Array.from({ length: 25 }, (_unused, index) => `${index}`)
    await Promise.all(names.map((name) => studio.create({ customerId: 'alice', name })))
    const pages = await listAll({ customerId: 'alice', limit: 4 })
    expect(pages.map((page) => page.length)).toEqual([4, 4, 4, 4, 4, 4, 1])
    expect(pages.flat().sort()).toEqual(names.sort())
  })

  it('shows at most 50 keys unless told otherwise', async () => {
    await Promise.all(Array.from({ length: 51 }, () => studio.create({ customerId: 'alice', name: 'key' })))
    const page = await list({ customerId: 'alice' })
    expect(page.items).toHaveLength(50)
    expect(page.nextCursor).toEqual(expect.any(String))
  })

  it('shows a customer its own keys, and no others under whatever name', async () => {
    const alice = await principalOf(studio, { customerId: 'alice', name: "alice's" })
    await studio.create({ customerId: 'bob', name: "bob's" })
    await studio.create({ customerId: 'operator', name: "operator's" })
    const own = await runInTenant(alice.tenantId, () => list({}))
    expect(own.items.map(({ name }) => name)).toEqual(["alice's"])
    expect(await runInTenant('alice', () => list({ customerId: 'alice' }))).toEqual(own)
    for (const customerId of ['bob', 'operator', 'nobody']) {
      const call = runInTenant('alice', () => list({ customerId }))
      await expect(call).rejects.toMatchObject({ message: 'not_found: customer not found' })
    }
  })

  it("does not follow one customer's cursor into the keys of another", async () => {
    for (const customerId of ['alice', 'bob', 'alice', 'bob']) {
      await studio.create({ customerId, name: customerId })
      studio.clock.advanceMs(1)
    }
    const { nextCursor = '' } = await list({ customerId: 'alice', limit: 1 })
    const page = await runInTenant('bob', () => list({ cursor: nextCursor }))
    expect(page.items.map(({ name }) => name)).toEqual(['bob', 'bob'])
  })

  it("shows an operator the keys of the customer that it names, operators' own included", async () => {
    const operator = await principalOf(studio, { customerId: 'operator', name: "operator's" })
    expect((await list({ customerId: 'operator' })).items.map(({ keyId }) => keyId)).toEqual([operator.keyId])
    expect(await list({ customerId: 'nobody' })).toEqual({ items: [] })
    await expect(list({})).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('never shows a hash', async () => {
    await studio.create({ customerId: 'alice', name: 'key' })
    expect(JSON.stringify(await list({ customerId: 'alice' }))).not.toMatch(/hash|pepper|[0-9a-f]{64}/)
  })

  const cursorOf = (text: string) => Buffer.from(text).toString('base64url')
  const refused: [string, Record<string, unknown>][] = [
    ['a limit of 0', { limit: 0 }],
    ['a limit of 101', { limit: 101 }],
    ['a limit that is not whole', { limit: 1.5 }],
    ['a cursor of its own making', { cursor: 'nonsense' }],
    ['a cursor without an id', { cursor: cursorOf('2030-03-01T12:00:00.000Z ') }],
    ['a cursor with a NUL in the id', { cursor: cursorOf('2030-03-01T12:00:00.000Z \u0000') }],
    ['a cursor with a NUL in the time', { cursor: cursorOf(`2020(\u0000) ${'k'.repeat(16)}`) }],
    ['a customer with a NUL', { customerId: '\u0000' }],
  ]
  it.each(refused)('refuses %s', async (_name, wrong) => {
    const call = list({ customerId: 'alice', ...wrong })
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
  })
})
