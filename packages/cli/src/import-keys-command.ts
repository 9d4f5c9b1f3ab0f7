import { open } from 'node:fs/promises'
import type { ApiKey, ApiKeyManagerImportArgs, ApiKeyManagerImportResult } from '@veramo-studio/api-key-manager'
import { isPlainObject, kitErrors } from '@veramo-studio/plugin-kit'
import type { Command } from 'commander'
import { addKeyOptions, toKeyArgs, type KeyOptions } from './key-options.js'
import { oneLine } from './one-line.js'
import type { RunCommand, Session } from './session.js'

interface ImportOptions extends Partial<KeyOptions> {
  prefix?: string
  hash?: string
  file?: string
}

/** A line that was not imported, counted from 1, and why. */
interface RefusedLine {
  line: number
  error: string
}

interface ImportSummary {
  imported: number
  refused: RefusedLine[]
}

/** Calls that share the commits of the database. */
const AT_ONCE = 50

export function addImportKeysCommand(keys: Command, run: RunCommand, linesOf: (apiKey: ApiKey) => string[]): void {
  const command = keys
    .command('import')
    .description('take keys over whose tokens were made elsewhere, by the SHA-256 of each token')
    .option('--customer <customerId>', 'whose key; `operator` for one of your own')
    .option('--name <name>', 'what it is called')
    .option('--prefix <prefix>', 'what the token begins with; one of the importedPrefixes of the agent file')
    .option('--hash <sha256>', 'of the whole token, in hex')
    .option('--file <file>', 'a line of JSON for each key, with the arguments of apiKeyManagerImport')
  addKeyOptions(command).action((options: ImportOptions) =>
    run(async (session) => {
      const { file, ...one } = options
      if (file !== undefined) return importFile(session, file, one)
      const { call, print } = session
      const result = await call<ApiKeyManagerImportResult>('apiKeyManagerImport', toImportArgs(one))
      print.result(result, () => linesOf(result.apiKey))
    }),
  )
}

/** What a line leaves out is taken from the options. Lines that were imported before are refused, and change nothing. */
async function importFile({ call, print }: Session, file: string, defaults: ImportOptions): Promise<void> {
  const summary: ImportSummary = { imported: 0, refused: [] }
  const batch: Promise<void>[] = []
  let line = 0
  const importLine = async (number: number, text: string): Promise<void> => {
    try {
      await call('apiKeyManagerImport', { ...toImportArgs(defaults), ...parseLine(text) })
      summary.imported += 1
    } catch (error) {
      summary.refused.push({ line: number, error: oneLine(error) })
    }
  }
  for await (const text of linesIn(file)) {
    line += 1
    if (text.trim() === '') continue
    batch.push(importLine(line, text))
    if (batch.length < AT_ONCE) continue
    await Promise.all(batch.splice(0))
    print.progress(`lines read: ${line}`)
  }
  await Promise.all(batch)
  print.progress('')
  summary.refused.sort((one, other) => one.line - other.line)
  print.result(summary, () => [
    `keys imported: ${summary.imported}`,
    ...summary.refused.map((refused) => `line ${refused.line}: ${refused.error}`),
  ])
  if (summary.refused.length > 0) throw new Error(`import_incomplete: lines refused: ${summary.refused.length}`)
}

/** Does not show the line: a token may stand in it by mistake. */
function parseLine(text: string): object {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw kitErrors.invalid_argument('the line is not JSON')
  }
  if (!isPlainObject(parsed)) throw kitErrors.invalid_argument('the line is not an object')
  return parsed
}

function toImportArgs({ prefix, hash, ...options }: ImportOptions): Partial<ApiKeyManagerImportArgs> {
  return { ...toKeyArgs(options), ...(prefix !== undefined && { prefix }), ...(hash !== undefined && { hash }) }
}

async function* linesIn(file: string): AsyncGenerator<string> {
  try {
    yield* (await open(file)).readLines()
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unusable'
    throw kitErrors.invalid_argument(`${file} cannot be read (${reason})`, { cause })
  }
}
