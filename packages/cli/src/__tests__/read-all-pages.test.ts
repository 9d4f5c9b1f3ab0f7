import { describe, expect, it } from '@jest/globals'
import { readAllPages } from '../read-all-pages.js'
import type { Call } from '../session.js'

/** A list of numbers, three a page; it remembers what it was asked. */
function listOf(count: number): { call: Call; asked: unknown[] } {
  const asked: unknown[] = []
  const list = (_method: string, args: { cursor?: string }) => {
    asked.push(args)
    const start = Number(args.cursor ?? 0)
    const end = Math.min(start + 3, count)
    const items = Array.from({ length: end - start }, (_unused, index) => start + index)
    return Promise.resolve({ items, ...(end < count && { nextCursor: String(end) }) })
  }
  return { call: list as Call, asked }
}

describe('a list', () => {
  it.each([0, 1, 3, 4, 7])('of %d things is read to its end, each once', async (count) => {
    const { items } = await readAllPages<number>(listOf(count).call, 'list')
    expect(items).toEqual(Array.from({ length: count }, (_unused, index) => index))
  })

  it('is asked for with the same arguments on each page', async () => {
    const { call, asked } = listOf(4)
    await readAllPages<number>(call, 'list', { customerId: 'c1' })
    expect(asked).toEqual([
      { customerId: 'c1', limit: 100 },
      { customerId: 'c1', limit: 100, cursor: '3' },
    ])
  })
})
