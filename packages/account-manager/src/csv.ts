/** What a spreadsheet begins a formula with, full-width forms included, and what it skips before one. */
const FORMULA = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20\t\r]/

/** A record of a CSV file (RFC 4180), its line break included. No cell is one that a spreadsheet would calculate. */
export function csvRecord(cells: readonly string[]): string {
  return `${cells.map(toCell).join(',')}\r\n`
}

function toCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
