import { describe, expect, it } from '@jest/globals'
import { parsePageArgs, toPage, type PagePosition } from '../index.js'

const rows: PagePosition[] = Array.from({ length: 5 }, (_unused, index) => ({
  createdAt: '2026-01-31T12:00:00.000Z',
  id: `did:key:z${index}`,
}))
const shape = { position: (row: PagePosition) => row, item: (row: PagePosition) => row.id }
const code = expect.objectContaining({ code: 'invalid_argument', status: 400 })

describe('the arguments of a page', () => {
  it('ask for 50 items from the start where they say nothing', () => {
    expect(parsePageArgs({})).toEqual({ limit: 50 })
  })

  it.each([1, 100])('may ask for %i items', (limit) => expect(parsePageArgs({ limit })).toEqual({ limit }))

  it.each([0, 101, -1, 1.5, NaN, Infinity, '10'])('may not ask for %p items', (limit) => {
    expect(() => parsePageArgs({ limit: limit as number })).toThrow(code)
  })

  it.each([
    '',
    'x',
    'not base64 !',
    Buffer.from('2026-01-31T12:00:00.000Z').toString('base64url'),
    Buffer.from('yesterday did:key:z1').toString('base64url'),
    Buffer.from('2026-01-31T12:00:00.000Z a b').toString('base64url'),
  ])('may not continue from %p, which no page returned', (cursor) => {
    expect(() => parsePageArgs({ cursor })).toThrow(code)
  })
})

describe('a page', () => {
  it('has no cursor when it is the last, also when it is full', () => {
    expect(toPage(rows, 5, shape)).toEqual({ items: rows.map((row) => row.id) })
    expect(toPage([], 5, shape)).toEqual({ items: [] })
  })

  it('shows no more than its limit, and leads to the row after its last', () => {
    const page = toPage(rows.slice(0, 3), 2, shape)
    expect(page.items).toEqual(['did:key:z0', 'did:key:z1'])
    expect(parsePageArgs({ limit: 2, cursor: page.nextCursor ?? '' })).toEqual({ limit: 2, after: rows[1] })
  })

  it('and its successors show every row once', () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { limit, after } = parsePageArgs({ limit: 2, ...(cursor && { cursor }) })
      const start = after === undefined ? 0 : rows.findIndex((row) => row.id === after.id) + 1
      const page = toPage(rows.slice(start, start + limit + 1), limit, shape)
      seen.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(seen).toEqual(rows.map((row) => row.id))
  })
})
