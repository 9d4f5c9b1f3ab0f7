import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { warnOnce } from '../index.js'

describe('a warning of what fails in the background', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  afterEach(() => void warned.mockClear())

  const texts = () => warned.mock.calls.map(([text]) => text)

  it('says what failed, and carries the code', () => {
    warnOnce('sweeping', 'SOME_CODE')(new Error('no broom'))
    expect(warned).toHaveBeenCalledWith('sweeping failed and is tried again: no broom', { code: 'SOME_CODE' })
  })

  it('is not repeated while the failure is the same, and comes again when it is another', () => {
    const warn = warnOnce('sweeping', 'SOME_CODE')
    for (const reason of ['a', 'a', 'b', 'a']) warn(new Error(reason))
    warn(new AggregateError([new Error('x'), 'y'], 'two'))
    expect(texts()).toEqual(['a', 'b', 'a', 'x; y'].map((reason) => `sweeping failed and is tried again: ${reason}`))
  })
})
