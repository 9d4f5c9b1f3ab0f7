import type { Sql } from './find-sql.js'

/** What belongs to a row of a page: rows of another table. */
export interface Part {
  /** From `page`, which has the columns of the page's rows. */
  join: string
  /** Expressions, all of them text. */
  columns: readonly string[]
  /** Expressions that order the parts of one row. */
  place: string
  /** Decides between equal places. */
  id: string
}

export interface PageWithParts {
  /** Selects the rows of the page, with `"n"`, their number in it. */
  page: Sql
  /** Columns of `page` that are wanted, all of them text. */
  columns: readonly string[]
  parts: readonly Part[]
}

type Value = string | null

/** A row of a page, with the rows of each part. */
export interface RowWithParts {
  values: Value[]
  parts: Value[][][]
}

/**
 * One statement for rows and all that belongs to them, so that nothing can change in between: first the row, then its
 * parts, one kind after another. (A join of several parts would give their product.)
 */
export function selectWithParts({ page, columns, parts }: PageWithParts): Sql {
  const width = Math.max(columns.length, ...parts.map((part) => part.columns.length))
  const padded = (given: readonly string[]) =>
    Array.from({ length: width }, (_unused, index) => `${given[index] ?? 'NULL'} AS "c${index}"`).join(', ')
  const own = `SELECT page."n" AS "n", 0 AS "kind", 0 AS "place", '' AS "id", ${padded(columns)} FROM page`
  const others = parts.map(
    (part, index) =>
      `SELECT page."n" AS "n", ${index + 1} AS "kind", ${part.place} AS "place", ${part.id} AS "id", ` +
      `${padded(part.columns)} FROM page ${part.join}`,
  )
  const text = `WITH page AS (${page.text}) ${[own, ...others].join(' UNION ALL ')} ORDER BY 1, 2, 3, 4`
  return { text, parameters: page.parameters }
}

/** A row of {@link selectWithParts}: which kind of part it is, 0 for the row itself, and `c0`, `c1` … */
export interface PartRow {
  kind: number
  [column: string]: Value | number
}

/** Puts the rows of {@link selectWithParts} together. */
export function assembleParts(rows: readonly PartRow[], partKinds: number): RowWithParts[] {
  const assembled: RowWithParts[] = []
  for (const { kind, ...row } of rows) {
    const values = Object.keys(row)
      .filter((column) => /^c\d/.test(column))
      .map((column) => row[column] as Value)
    if (Number(kind) === 0) assembled.push({ values, parts: Array.from({ length: partKinds }, () => []) })
    else assembled.at(-1)?.parts[Number(kind) - 1]?.push(values)
  }
  return assembled
}
