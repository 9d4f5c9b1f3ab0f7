import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { schema as coreSchema } from '@veramo/core'
import { rateCard } from '@veramo-studio/billing-manager'
import { parse } from 'yaml'
import { AGENT_FILE, ROOT } from './agents/environment.js'

const VERAMO = join(ROOT, 'node_modules/@veramo')

/** Names of the methods of all plugins that the installed packages of Veramo declare. */
function veramoMethods(): string[] {
  return readdirSync(VERAMO).flatMap((name) => {
    const build = join(VERAMO, name, 'build')
    if (!existsSync(build)) return []
    const files = readdirSync(build, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.d.ts'))
    return files.flatMap((file) => methodsIn(readFileSync(join(build, file), 'utf8')))
  })
}

/** `interface I… extends IPluginMethodMap { name(args…): …; }`, as the compiler writes it. */
function methodsIn(declarations: string): string[] {
  return [...declarations.matchAll(/interface \w+ extends IPluginMethodMap[^{]*\{(.*?)^\}/gms)].flatMap(
    ([, body = '']) => [...body.matchAll(/^ {4}(\w+)\(/gm)].map(([, method = '']) => method),
  )
}

describe('the rate card', () => {
  it('has a rule for every method that the shipped agent.yml offers', () => {
    const { constants } = parse(readFileSync(AGENT_FILE, 'utf8')) as { constants: { methods: string[] } }
    expect(constants.methods.length).toBeGreaterThan(40)
    expect(constants.methods.filter((method) => !Object.hasOwn(rateCard, method))).toEqual([])
  })

  it('has a rule for every method of Veramo', () => {
    const methods = veramoMethods()
    const core = Object.values(coreSchema).flatMap(({ components }) => Object.keys(components.methods))
    expect(core.length).toBeGreaterThan(50)
    expect(core.filter((method) => !methods.includes(method))).toEqual([])
    expect(methods).toEqual(expect.arrayContaining(['packDIDCommMessage', 'mediationManagerSaveMediation']))
    expect(methods.filter((method) => !Object.hasOwn(rateCard, method))).toEqual([])
  })

  it('counts a DID by any provider, on a ledger or not, on did.create', () => {
    for (const method of ['didManagerCreate', 'didManagerGetOrCreate']) {
      const rule = rateCard[method]
      const cases = rule && 'when' in rule ? rule.when : []
      expect(cases.map((each) => [each.effect, each.free ? null : each.meter])).toEqual([
        ['ledger', 'did.create'],
        ['stored', 'did.create'],
      ])
    }
  })

  it('does not let customers spend what is not theirs', () => {
    expect(Object.keys(rateCard)).not.toContain('cheqdTransactSendTokens')
  })
})
