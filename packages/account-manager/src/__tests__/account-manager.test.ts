import { createSecretKey, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IPluginMethod } from '@veramo/core-types'
import { Ledger } from '@veramo-studio/ledger'
import { isOperatorOnly, openDatabase, type Database } from '@veramo-studio/plugin-kit'
import { temporaryDirectory } from '@veramo-studio/test-support'
import { AccountManager, Entities, migrations } from '../index.js'
import { RecordingPaymentKeys } from './recording-payment-keys.js'

describe('AccountManager', () => {
  const directory = temporaryDirectory()
  let database: Database
  let plugin: AccountManager

  beforeAll(async () => {
    database = await openDatabase({ url: `sqlite:${directory}/studio.sqlite`, entities: Entities, migrations })
    const ledger = new Ledger({ chainKey: createSecretKey(randomBytes(32)) })
    plugin = new AccountManager({ database, paymentKeys: new RecordingPaymentKeys(), ledger })
  })

  afterAll(() => database.close())

  it('keeps to operators what is theirs', () => {
    const operatorOnly = Object.keys(plugin.methods).filter((method) => isOperatorOnly(plugin.schema, method))
    const names = ['Create', 'Close', 'List', 'Credit', 'Refund', 'Correct', 'CheckBalances']
    expect(operatorOnly).toEqual(names.map((name) => `accountManager${name}`))
  })

  it('describes each of its methods in its schema', () => {
    const described = Object.keys(plugin.schema.components.methods as object)
    expect(described.sort()).toEqual(Object.keys(plugin.methods).sort())
  })

  it('checks arguments also where the agent does not', async () => {
    const execute = async (method: string, args: unknown): Promise<unknown> =>
      (plugin.methods[method] as IPluginMethod)(args, {})
    await expect(execute('accountManagerCreate', { name: 1 })).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(execute('accountManagerCreate', {})).rejects.toMatchObject({ code: 'invalid_argument' })
    await expect(execute('accountManagerGet', { customerId: { like: '%' } })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })
})
