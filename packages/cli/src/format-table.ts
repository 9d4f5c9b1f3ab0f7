/** A column of a table: its title, and what each row has in it. */
export interface Column<Row> {
  title: string
  value: (row: Row) => string
  /** Numbers are aligned on their right. Default `left`. */
  align?: 'left' | 'right'
}

const GAP = '  '

/** Lines of aligned columns below their titles. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const titles = columns.map(({ title }) => title)
  const cells = rows.map((row) => columns.map(({ value }) => value(row)))
  return alignCells([titles, ...cells], (index) => columns[index]?.align ?? 'left')
}

/** One thing as lines of a name and a value each. */
export function formatRecord(members: readonly (readonly [name: string, value: string])[]): string[] {
  return alignCells(members, () => 'left')
}

function alignCells(lines: readonly (readonly string[])[], alignOf: (index: number) => 'left' | 'right'): string[] {
  const widths: number[] = []
  for (const line of lines) {
    for (const [index, cell] of line.entries()) widths[index] = Math.max(widths[index] ?? 0, lengthOf(cell))
  }
  return lines.map((line) => {
    const padded = line.map((cell, index) => {
      const padding = ' '.repeat((widths[index] ?? 0) - lengthOf(cell))
      return alignOf(index) === 'right' ? padding + cell : cell + padding
    })
    return padded.join(GAP).trimEnd()
  })
}

/** In characters, not in halves of surrogate pairs. */
function lengthOf(text: string): number {
  return [...text].length
}
