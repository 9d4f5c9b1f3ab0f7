import { describe, expect, it } from '@jest/globals'
import { namingLine } from '../name-line.js'
import { lineOfSetting } from '../setting-line.js'

/** Line numbers are those of the array, counted from 1. */
const text = [
  /*  1 */ 'version: 3.0',
  /*  2 */ 'constants:',
  /*  3 */ '  plans:',
  /*  4 */ '    - plan: trial',
  /*  5 */ '      limits: { did.create: 20, credential.issue: 100 }',
  /*  6 */ '    - plan: build',
  /*  7 */ '      limits:',
  /*  8 */ '        did.create: 1000',
  /*  9 */ '        a/b~c: 5',
  /* 10 */ 'rules: &rules',
  /* 11 */ '  didManagerCreate:',
  /* 12 */ '    effect: stored',
  /* 13 */ 'database:',
  /* 14 */ "  $require: '@veramo-studio/plugin-kit?t=function#openDatabase'",
  /* 15 */ '  $args:',
  /* 16 */ '    - url: sqlite:x',
  /* 17 */ 'billingManager:',
  /* 18 */ "  $require: '@veramo-studio/billing-manager#BillingManager'",
  /* 19 */ '  $args:',
  /* 20 */ '    - database:',
  /* 21 */ '        $ref: /database',
  /* 22 */ '      plans:',
  /* 23 */ '        $ref: /constants/plans',
  /* 24 */ '      methods: *rules',
  /* 25 */ '      defaultPlan: free',
  /* 26 */ 'agent:',
  /* 27 */ "  $require: '@veramo/core#Agent'",
  /* 28 */ '  $args:',
  /* 29 */ '    - plugins:',
  /* 30 */ '        - $ref: /accountManager',
  /* 31 */ "        - $require: '@veramo-studio/billing-manager#BillingManager'",
  /* 32 */ '          $args:',
  /* 33 */ '            - plans:',
  /* 34 */ '                - plan: inline',
  /* 35 */ 'loop:',
  /* 36 */ '  $ref: /loop',
].join('\n')

const lineOf = (setting: string, created = '/billingManager') => lineOfSetting(text, { created, setting })

describe('the line of a setting', () => {
  it.each([
    ['a member of the plugin itself', '/defaultPlan', 25],
    ['a list that stands elsewhere', '/plans/0', 4],
    ['a member in one line with others', '/plans/0/limits/credential.issue', 5],
    ['a member of a block', '/plans/1/limits/did.create', 8],
    ['a name with escaped characters', '/plans/1/limits/a~1b~0c', 9],
    ['what an alias stands for', '/methods/didManagerCreate/effect', 12],
  ])('is found for %s', (_what, setting, line) => {
    expect(lineOf(setting)).toBe(line)
  })

  it.each([
    ['a limit', '/plans/1/limits/credential.issue', 7],
    ['a plan', '/plans/7/limits', 22],
    ['a rule', '/methods/resolveDid', 24],
    ['a member of the plugin', '/exposedMethods', 17],
    ['nothing in particular', '', 17],
  ])('is that of what is nearest where %s is missing', (_what, setting, line) => {
    expect(lineOf(setting)).toBe(line)
  })

  it('is found in a plugin that is made inside of another object', () => {
    expect(lineOf('/plans/0/plan', '/agent')).toBe(34)
  })

  it('is some line also where a reference leads to itself or nowhere', () => {
    expect(lineOf('/plans', '/loop')).toBe(35)
    expect(lineOf('/plans', '/nothing')).toBe(22)
    expect(lineOf('/nothing', '/nothing')).toBe(1)
  })
})

describe('an error of an agent file', () => {
  const agentFile = { file: './agent.yml', text }
  const created = '. While creating object from pointer: /billingManager. While creating object from pointer: /agent'
  const wrapped = (message: string) =>
    new Error(`Error creating @veramo-studio/billing-manager['BillingManager']: ${message}${created}`)

  it('names the line where plans are not fit', () => {
    const error = wrapped('plans_invalid: /plans/1/limits/did.create: must be integer: not 1.5')
    expect(namingLine(error, agentFile)).toMatchObject({
      message: 'plans_invalid: ./agent.yml, line 8: /plans/1/limits/did.create: must be integer: not 1.5',
      cause: error,
    })
  })

  it('names the plugin where its settings are none', () => {
    const error = wrapped('plans_invalid: the configuration: must be object')
    expect(namingLine(error, agentFile)).toMatchObject({
      message: 'plans_invalid: ./agent.yml, line 17: the configuration: must be object',
    })
  })

  it('stays as it is where it is about something else', () => {
    for (const error of [wrapped('setting_invalid: PORT must be a number'), 'not an error', undefined]) {
      expect(namingLine(error, agentFile)).toBe(error)
    }
  })
})
