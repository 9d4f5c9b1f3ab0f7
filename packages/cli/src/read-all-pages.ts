import type { Call } from './session.js'

const PAGE = 100

/** Follows the pages of a list to its end. */
export async function readAllPages<Item>(call: Call, method: string, args: object = {}): Promise<{ items: Item[] }> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await call<{ items: Item[]; nextCursor?: string }>(method, {
      ...args,
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    })
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return { items }
}
