import { describe, expect, it, jest } from '@jest/globals'
import type { IAgentContext } from '@veramo/core-types'
import { checkedMethods } from '../index.js'
import { noteKeeperSchema } from './note-keeper-schema.js'

type Context = IAgentContext<Record<never, never>>
const context = { agent: {} } as Context

function noteKeeper() {
  const add = jest.fn(async (args: { text: string }, given: Context) => ({ kept: args.text, given }))
  return { add, methods: checkedMethods(noteKeeperSchema, { noteKeeperAdd: add }) }
}

describe('a checked method', () => {
  it('runs with its arguments and its context, and answers what it answers', async () => {
    const { methods } = noteKeeper()
    const { kept, given } = await methods.noteKeeperAdd({ text: 'x' }, context)
    expect(kept).toBe('x')
    expect(given).toBe(context)
  })

  it.each<unknown>([{ text: 5 }, {}, undefined])('rejects, and does not run, with %j', async (args) => {
    const { add, methods } = noteKeeper()
    const call = methods.noteKeeperAdd(args as { text: string }, context)
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(add).not.toHaveBeenCalled()
  })

  it('fails with its own error', async () => {
    const { add, methods } = noteKeeper()
    const own = new Error('own')
    add.mockRejectedValueOnce(own)
    await expect(methods.noteKeeperAdd({ text: 'x' }, context)).rejects.toBe(own)
  })
})
