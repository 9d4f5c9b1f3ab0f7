import { describe, expect, it } from '@jest/globals'
import { formatRecord, formatTable, type Column } from '../format-table.js'

interface Row {
  name: string
  amount: number
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'AMOUNT', value: ({ amount }) => String(amount), align: 'right' },
  { title: 'TWICE', value: ({ amount }) => String(2 * amount) },
]

describe('a table', () => {
  it('aligns texts on their left and numbers on their right, below their titles', () => {
    const rows = [
      { name: 'Ada', amount: 5 },
      { name: 'Wilhelmina', amount: 1234567 },
    ]
    expect(formatTable(columns, rows)).toEqual([
      'NAME         AMOUNT  TWICE',
      'Ada               5  10',
      'Wilhelmina  1234567  2469134',
    ])
  })

  it('has its titles alone where there is nothing to list', () => {
    expect(formatTable(columns, [])).toEqual(['NAME  AMOUNT  TWICE'])
  })

  it('counts characters as people do', () => {
    expect(formatTable(columns.slice(0, 2), [{ name: '𝒳𝒴', amount: 1 }])).toEqual(['NAME  AMOUNT', '𝒳𝒴         1'])
  })
})

describe('a record', () => {
  it('aligns values behind their names', () => {
    const members = [
      ['name', 'Ada'],
      ['plan', ''],
      ['mainnet address', 'cheqd1'],
    ] as const
    expect(formatRecord(members)).toEqual(['name             Ada', 'plan', 'mainnet address  cheqd1'])
  })
})
