import { afterEach, describe, expect, it } from '@jest/globals'
import createDebug from 'debug'
import { keepOutOfDebug } from '../index.js'

const prints = (method: string) => createDebug(`veramo:agent:${method}`).enabled

describe('a method that carries secrets', () => {
  afterEach(() => void createDebug.disable())

  it.each(['*', 'veramo:*', 'veramo:agent:*', 'veramo:agent:keyCreate', 'express:*,veramo:agent:keyCreate,x'])(
    'is not printed under DEBUG=%s',
    (setting) => {
      createDebug.enable(setting)
      expect(prints('keyCreate')).toBe(true)
      keepOutOfDebug(['keyCreate', 'keyRotate'])
      expect(prints('keyCreate')).toBe(false)
      expect(prints('keyRotate')).toBe(false)
    },
  )

  it('is not printed by a printer that was made before', () => {
    createDebug.enable('*')
    const printer = createDebug('veramo:agent:keyCreate')
    expect(printer.enabled).toBe(true)
    keepOutOfDebug(['keyCreate'])
    expect(printer.enabled).toBe(false)
  })

  it('leaves the others printed as they were', () => {
    createDebug.enable('veramo:agent:*,-veramo:agent:noisy,other')
    keepOutOfDebug(['keyCreate'])
    expect(prints('keyCreateAndMore')).toBe(true)
    expect(prints('resolveDid')).toBe(true)
    expect(prints('noisy')).toBe(false)
    expect(createDebug('other').enabled).toBe(true)
  })

  it('prints nothing where nothing was to be printed', () => {
    createDebug.disable()
    keepOutOfDebug(['keyCreate'])
    expect(prints('keyCreate')).toBe(false)
    expect(prints('resolveDid')).toBe(false)
  })

  it('stays out when several plugins ask, again and again', () => {
    createDebug.enable('*')
    for (let time = 0; time < 3; time += 1) {
      keepOutOfDebug(['keyCreate'])
      keepOutOfDebug(['keyImport'])
    }
    expect(prints('keyCreate')).toBe(false)
    expect(prints('keyImport')).toBe(false)
    expect(createDebug.disable().split(',')).toHaveLength(3)
  })
})
