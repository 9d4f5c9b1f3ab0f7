import { afterEach, describe, expect, it } from '@jest/globals'
import createDebug from 'debug'
import { keepOutOfDebug } from '../index.js'

const prints = (method: string) => createDebug(`veramo:agent:${method}`).enabled

describe('a method that carries secrets', () => {
  afterEach(() => void createDebug.disable())

  it.each(['*', 'veramo:*', 'veramo:agent:*', 'express:*,veramo:agent:*,x'])(
    'is not printed under DEBUG=%s',
    (setting) => {
      const method = `create${setting.length}`
      createDebug.enable(setting)
      expect(prints(method)).toBe(true)
      keepOutOfDebug([method, 'keyRotate'])
      expect(prints(method)).toBe(false)
      expect(prints('keyRotate')).toBe(false)
    },
  )

  it('is not printed where DEBUG is set later', () => {
    keepOutOfDebug(['keyReveal'])
    createDebug.enable('*')
    expect(prints('keyReveal')).toBe(false)
    expect(prints('resolveDid')).toBe(true)
  })

  it('is not printed by a printer that was made before', () => {
    createDebug.enable('*')
    const printer = createDebug('veramo:agent:keyExport')
    expect(printer.enabled).toBe(true)
    keepOutOfDebug(['keyExport'])
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
