import { describe, expect, it } from '@jest/globals'
import type { EntityManager } from 'typeorm'
import { preparedStatement, statementText } from '../index.js'

const managerOf = (type: string) => ({ connection: { options: { type } } }) as unknown as EntityManager
const postgres = managerOf('postgres')
const sqlite = managerOf('better-sqlite3')

describe('the text of a statement', () => {
  it('numbers its parameters for Postgres, and stays as it is for SQLite', () => {
    const sql = 'SELECT 1 FROM t WHERE a = ? AND b = ?'
    expect(statementText(postgres, sql)).toBe('SELECT 1 FROM t WHERE a = $1 AND b = $2')
    expect([statementText(sqlite, sql), preparedStatement(sqlite, sql)]).toEqual([sql, sql])
  })

  it('has one name for all connections to Postgres, as long as there are not too many of them', () => {
    const named = Array.from({ length: 1200 }, (_unused, index) => preparedStatement(postgres, `SELECT ${index}, ?`))
    const again = named.map((_statement, index) => preparedStatement(postgres, `SELECT ${index}, ?`))
    expect(again).toEqual(named)
    const kept = named.filter((statement) => typeof statement === 'object')
    expect(kept).toHaveLength(1000)
    expect(new Set(kept.map((statement) => (statement as unknown as { name: string }).name)).size).toBe(1000)
    expect(named.at(-1)).toBe('SELECT 1199, $1')
  })
})
