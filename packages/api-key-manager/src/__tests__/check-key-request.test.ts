import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeOnEachDatabase } from '@veramo-studio/test-support'
import type { ApiKeyManagerCreateArgs } from '../index.js'
import { ApiKeyRow } from '../typeorm/api-key-row.js'
import { openStudio, type Studio } from './studio.js'

const limit = (other: object) => ({
  name: 'burst',
  limit: 1,
  windowMs: 1000,
  scope: 'strict',
  methods: ['*'],
  ...other,
})

describeOnEachDatabase('a request for a key', (fresh) => {
  let studio: Studio

  beforeAll(async () => {
    studio = await openStudio(await fresh())
  })

  afterAll(() => studio.database.close())

  const refused: [string, Record<string, unknown>][] = [
    ['no name', { name: undefined }],
    ['a name of blanks', { name: ' \t ' }],
    ['a name of 101 characters', { name: 'n'.repeat(101) }],
    ['a name with a control character', { name: 'a\u0000b' }],
    ['a name with half a surrogate pair', { name: 'a\ud800b' }],
    ['a name that is no text', { name: 5 }],
    ['a description of 501 characters', { description: 'd'.repeat(501) }],
    ['a description with a NUL', { description: 'a\u0000b' }],
    ['an unknown environment', { environment: 'staging' }],
    ['an unknown network', { network: 'devnet' }],
    ['a network of the other environment', { network: 'testnet' }],
    ['no permission', { permissions: [] }],
    ['an empty permission', { permissions: ['resolveDid', ''] }],
    ['a permission with a * in the middle', { permissions: ['did*Create'] }],
    ['a permission with two *', { permissions: ['**'] }],
    ['a permission of two lines', { permissions: ['resolveDid\n'] }],
    ['a permission of 101 characters', { permissions: ['p'.repeat(101)] }],
    ['201 permissions', { permissions: Array.from({ length: 201 }, (_unused, index) => `p${index}`) }],
    ['an end in the past', { expiresAt: '2030-03-01T11:59:59.999Z' }],
    ['an end that is now', { expiresAt: '2030-03-01T12:00:00.000Z' }],
    ['a date for an end', { expiresAt: '2031-01-01' }],
    ['a local time for an end', { expiresAt: '2031-01-01T00:00:00' }],
    ['an end that is in no calendar', { expiresAt: '2031-02-30T00:00:00Z' }],
    ['an end at an hour that is none', { expiresAt: '2031-02-20T25:00:00Z' }],
    ['a number for an end', { expiresAt: 1924992000000 }],
    ['a rate limit of nothing', { rateLimits: [limit({ limit: 0 })] }],
    ['a rate limit of half a call', { rateLimits: [limit({ limit: 1.5 })] }],
    ['a rate limit in no time', { rateLimits: [limit({ windowMs: 0 })] }],
    ['a rate limit of ten years', { rateLimits: [limit({ windowMs: 10 * 365 * 24 * 3_600_000 })] }],
    ['a rate limit of an unknown scope', { rateLimits: [limit({ scope: 'global' })] }],
    ['a rate limit without a name', { rateLimits: [limit({ name: '' })] }],
    ['a rate limit with a quote in its name', { rateLimits: [limit({ name: 'a"b' })] }],
    ['a rate limit that counts no method', { rateLimits: [limit({ methods: [] })] }],
    ['a rate limit with a member that is none', { rateLimits: [limit({ burst: 5 })] }],
    ['two rate limits of one name', { rateLimits: [limit({}), limit({ limit: 2 })] }],
    ['11 rate limits', { rateLimits: Array.from({ length: 11 }, (_unused, index) => limit({ name: `n${index}` })) }],
    ['an address that is none', { allowedIps: ['10.0.0.256'] }],
    ['a range that is none', { allowedIps: ['10.0.0.0/33'] }],
    ['a range with a negative prefix', { allowedIps: ['10.0.0.0/-1'] }],
    ['a range with a zone', { allowedIps: ['fe80::1%eth0/64'] }],
    ['the name of a host', { allowedIps: ['localhost'] }],
    ['101 ranges', { allowedIps: Array.from({ length: 101 }, (_unused, index) => `10.0.0.${index}`) }],
    ['a restriction under a wrong name', { permission: ['resolveDid'] }],
    ['a customer that cannot exist', { customerId: '' }],
    ['a customer with a NUL', { customerId: 'a\u0000' }],
  ]

  it.each(refused)('is refused with %s, and makes no key', async (_name, wrong) => {
    const args = { customerId: 'alice', name: 'key', ...wrong } as ApiKeyManagerCreateArgs
    await expect(studio.create(args)).rejects.toMatchObject({ code: 'invalid_argument', status: 400 })
    expect(await studio.database.read((manager) => manager.count(ApiKeyRow), { acrossTenants: true })).toBe(0)
  })
})
