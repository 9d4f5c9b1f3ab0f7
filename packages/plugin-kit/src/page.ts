import { kitErrors } from './kit-errors.js'

/** Arguments of every list: `limit` is 1 to 100 (default 50); `cursor` is the `nextCursor` of the page before. */
export interface PageArgs {
  limit?: number
  cursor?: string
}

export interface Page<Item> {
  items: Item[]
  /** Absent on the last page. */
  nextCursor?: string
}

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 100

/** A position in a list ordered by (createdAt, id). */
export interface PagePosition {
  createdAt: string
  id: string
}

export function parsePageArgs(args: PageArgs): { limit: number; after?: PagePosition } {
  const limit = args.limit ?? DEFAULT_LIMIT
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw kitErrors.invalid_argument(`limit must be an integer from 1 to ${MAX_LIMIT}`)
  }
  return args.cursor === undefined ? { limit } : { limit, after: decodeCursor(args.cursor) }
}

/** Cuts a page out of `limit + 1` rows. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  shape: { position: (row: Row) => PagePosition; item: (row: Row) => Item },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const page: Page<Item> = { items: shown.map(shape.item) }
  if (rows.length > limit && last !== undefined) page.nextCursor = encodeCursor(shape.position(last))
  return page
}

/** The `nextCursor` that leads on from a position. */
export function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

function decodeCursor(cursor: string): PagePosition {
  const [createdAt, id, ...rest] = Buffer.from(cursor, 'base64url').toString().split(' ')
  if (!createdAt || !id || rest.length > 0 || Number.isNaN(Date.parse(createdAt))) {
    throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
  }
  return { createdAt, id }
}
