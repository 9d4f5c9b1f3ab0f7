import { describe, expect, it } from '@jest/globals'
import { ArgumentChecker, isOperatorOnly, markOperatorOnly } from '../index.js'
import { noteKeeperSchema } from './note-keeper-schema.js'

describe('a method that is the operator’s', () => {
  const marked = markOperatorOnly(noteKeeperSchema, ['noteKeeperClear'])

  it('is marked in the schema, and no other is', () => {
    expect(isOperatorOnly(marked, 'noteKeeperClear')).toBe(true)
    expect(isOperatorOnly(marked, 'noteKeeperAdd')).toBe(false)
    expect(isOperatorOnly(marked, 'noteKeeperUnknown')).toBe(false)
    expect(isOperatorOnly(marked, 'constructor')).toBe(false)
  })

  it('keeps the rest of its schema', () => {
    const { noteKeeperClear } = marked.components.methods as Record<string, object>
    expect(noteKeeperClear).toMatchObject(noteKeeperSchema.components.methods.noteKeeperClear)
    expect(() => new ArgumentChecker(marked).check('noteKeeperAdd', { text: 5 })).toThrow('text must be string')
  })

  it('is not marked in the schema that was given', () => {
    expect(isOperatorOnly(noteKeeperSchema, 'noteKeeperClear')).toBe(false)
  })

  it('must be in the schema: a misspelt name would leave the method open to customers', () => {
    expect(() => markOperatorOnly(noteKeeperSchema, ['noteKeeperClaer'])).toThrow('noteKeeperClaer')
  })
})
