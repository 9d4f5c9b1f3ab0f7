import { kitErrors, type PagePosition } from '@veramo-studio/plugin-kit'

/** A made-up cursor could hold text that Postgres does not take, or an instant of another form than those it is compared to. */
export function checkPosition({ createdAt, id }: PagePosition, isId: (text: string) => boolean): void {
  if (isId(id) && new Date(createdAt).toISOString() === createdAt) return
  throw kitErrors.invalid_argument('cursor is not one that a previous page returned')
}
