import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { ROOT } from './agents/environment.js'

const SCOPE = '@veramo-studio/'

/** Each package with what it may import when it runs. Types may also come from a neighbour on the same floor. */
const FLOORS: string[][] = [
  ['plugin-kit'],
  ['ledger'],
  ['api-key-manager', 'account-manager', 'billing-manager', 'key-custody', 'data-store'],
  ['tenant-agent'],
  ['remote-server'],
  ['cli'],
]

const packages = readdirSync(join(ROOT, 'packages'))

function filesBelow(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name)
    return statSync(path).isDirectory() ? filesBelow(path) : [path]
  })
}

function sourcesOf(name: string): string[] {
  const all = filesBelow(join(ROOT, 'packages', name, 'src'))
  return all.filter((path) => path.endsWith('.ts') && !path.includes('__tests__'))
}

interface Import {
  file: string
  from: string
  typeOnly: boolean
}

function importsOf(name: string): Import[] {
  return sourcesOf(name).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'/gms)].map(
      ([, type, from = '']) => ({ file: relative(ROOT, file), from, typeOnly: type !== undefined }),
    ),
  )
}

function floorOf(name: string): number {
  return FLOORS.findIndex((floor) => floor.includes(name))
}

describe('the architecture', () => {
  it('has a floor for every package', () => {
    expect(packages.filter((name) => floorOf(name) < 0)).toEqual([])
  })

  it('lets a package import from lower floors alone, and types from its neighbours', () => {
    const wrong = packages.flatMap((name) =>
      importsOf(name).filter(({ from, typeOnly }) => {
        if (!from.startsWith(SCOPE)) return false
        const target = floorOf(from.slice(SCOPE.length))
        return typeOnly ? target > floorOf(name) : target >= floorOf(name)
      }),
    )
    expect(wrong).toEqual([])
  })

  it('imports other packages by their names, and only those that package.json lists', () => {
    const wrong = packages.flatMap((name) => {
      const file = readFileSync(join(ROOT, 'packages', name, 'package.json'), 'utf8')
      const { dependencies = {} } = JSON.parse(file) as { dependencies?: Record<string, string> }
      return importsOf(name).filter(({ from }) => {
        if (from.startsWith('node:') || from.startsWith('.')) return from.startsWith('../../')
        const parts = from.split('/')
        return !((from.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!) in dependencies)
      })
    })
    expect(wrong.filter(({ from, file }) => !(from.startsWith('../../') && file.includes('/src/typeorm/')))).toEqual([])
  })

  it('has no cycles between files', () => {
    for (const name of packages) expect(findCycle(name)).toBeUndefined()
  })

  it('exports by name', () => {
    const stars = packages.flatMap(sourcesOf).filter((file) => /^export (type )?\*/m.test(readFileSync(file, 'utf8')))
    expect(stars).toEqual([])
  })

  it('lists every error of every catalogue in docs/errors.md, and no other', async () => {
    const rows: string[] = []
    for (const name of packages.filter((each) => each !== 'cli')) {
      const exports = (await import(`${SCOPE}${name}`)) as Record<string, object>
      for (const [member, catalogue] of Object.entries(exports)) {
        if (!member.endsWith('ErrorDefinitions')) continue
        for (const [code, { status, title, retryable }] of Object.entries(catalogue) as [string, ErrorRow][]) {
          rows.push(`| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${name} |`)
        }
      }
    }
    const table = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').match(/^\| `.*$/gm) ?? []
    const documented = table.map((row) => row.replace(/ +\|/g, ' |'))
    expect([...documented].sort()).toEqual(rows.sort())
    const codes = rows.map((row) => row.split('`')[1])
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('has plugin schemas that are what their types say', async () => {
    for (const name of packages) {
      const directory = join(ROOT, 'packages', name)
      const { veramo } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { veramo?: object }
      if (veramo === undefined) continue
      const fresh = join(tmpdir(), `${name}-${process.pid}.schema.ts`)
      const program = join(ROOT, 'node_modules/@veramo/cli/bin/veramo.js')
      await promisify(execFile)(process.execPath, [program, 'dev', 'generate-plugin-schema', '-o', fresh], {
        cwd: directory,
      })
      const kept = readFileSync(join(directory, 'src/plugin.schema.ts'), 'utf8')
      expect({ name, schema: kept }).toEqual({ name, schema: readFileSync(fresh, 'utf8') })
    }
  }, 300_000)

  it('leaves nothing to be done', () => {
    const marks = /\b(TODO|FIXME|XXX|HACK)\b|not implemented/i
    const marked = packages.flatMap(sourcesOf).filter((file) => marks.test(readFileSync(file, 'utf8')))
    expect(marked).toEqual([])
  })
})

interface ErrorRow {
  status: number
  title: string
  retryable?: boolean
}

/** The first cycle of imports that run, as a list of files. */
function findCycle(name: string): string[] | undefined {
  const edges = new Map<string, string[]>()
  for (const { file, from, typeOnly } of importsOf(name)) {
    if (typeOnly || !from.startsWith('.')) continue
    const target = relative(ROOT, join(ROOT, file, '..', from)).replace(/\.js$/, '.ts')
    edges.set(file, [...(edges.get(file) ?? []), target])
  }
  const done = new Set<string>()
  const visit = (file: string, path: string[]): string[] | undefined => {
    if (path.includes(file)) return [...path, file]
    if (done.has(file)) return undefined
    done.add(file)
    for (const target of edges.get(file) ?? []) {
      const cycle = visit(target, [...path, file])
      if (cycle !== undefined) return cycle
    }
    return undefined
  }
  for (const file of edges.keys()) {
    const cycle = visit(file, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}
