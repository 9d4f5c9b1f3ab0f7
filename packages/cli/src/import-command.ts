import { readFile } from 'node:fs/promises'
import { importVeramoStore, type ImportedTable, type ImportProgress } from '@veramo-studio/data-store'
import { CustodianKms } from '@veramo-studio/key-custody'
import { kitErrors, runInTenant } from '@veramo-studio/plugin-kit'
import { SecretBox } from '@veramo/kms-local'
import type { Command } from 'commander'
import { composeWithVault } from './agent-file.js'
import { formatTable, type Column } from './format-table.js'
import { openVeramoSource } from './open-veramo-source.js'

export interface ImportProgram {
  agentFile: () => string
  variables: Readonly<Record<string, string | undefined>>
  say: (line: string) => void
  warn: (line: string) => void
}

interface ImportOptions {
  from: string
  customer: string
  secretKeyFile?: string
  kms: string
}

const SECRET_KEY = 'VERAMO_SECRET_KEY'

const COLUMNS: readonly Column<ImportedTable>[] = [
  { title: 'WHAT', value: ({ label }) => label },
  { title: 'THERE', value: ({ source }) => String(source), align: 'right' },
  { title: 'HERE', value: ({ imported }) => String(imported), align: 'right' },
  { title: 'DIGEST', value: ({ importedDigest }) => importedDigest.slice(0, 16) },
]

export function addImportCommand(program: Command, { agentFile, variables, say, warn }: ImportProgram): void {
  program
    .command('import')
    .description('take a database of @veramo/data-store 7 into one customer; may be repeated')
    .requiredOption('--from <database>', 'a SQLite file, sqlite:<file> or postgres://…; it is only read')
    .requiredOption('--customer <customerId>', 'whose it is from now on')
    .option('--secret-key-file <file>', `has the key of its secret box, in hex (default: ${SECRET_KEY})`)
    .option('--kms <name>', 'the key management system that has the private keys from now on', 'local')
    .action(async (options: ImportOptions) => {
      const secretKey = await readSecretKey(options, variables)
      const source = await openVeramoSource(options.from)
      try {
        const tables = await importInto(agentFile(), { ...options, source, secretKey, onProgress: progressOf(warn) })
        const { json } = program.opts<{ json: boolean }>()
        say(json ? JSON.stringify({ verified: true, tables }, undefined, 2) : formatTable(COLUMNS, tables).join('\n'))
      } finally {
        await source.close()
      }
    })
}

interface ImportWork extends ImportOptions {
  source: Awaited<ReturnType<typeof openVeramoSource>>
  secretKey: string | undefined
  onProgress: (progress: ImportProgress) => void
}

async function importInto(file: string, work: ImportWork): Promise<ImportedTable[]> {
  const { source, customer, kms, secretKey, onProgress } = work
  const { agent, database, vault } = await composeWithVault(file)
  try {
    // A customer that is none is told before anything is written.
    await agent.execute('accountManagerGet', { customerId: customer })
    const custodian = new CustodianKms({ database, vault })
    return await runInTenant(customer, () =>
      importVeramoStore({
        ...{ source, database, kms, onProgress },
        openPrivateKey: (sealed) => openPrivateKey(sealed, secretKey),
        keepPrivateKey: async ({ kid, type, privateKeyHex }) => {
          const { publicKeyHex } = await custodian.importKey({ kid, type: type, privateKeyHex })
          return { publicKeyHex }
        },
      }),
    )
  } finally {
    await database.close()
  }
}

/** A secret box says nothing of a wrong key: what it gives then is empty. */
async function openPrivateKey(sealed: string, secretKey: string | undefined): Promise<string> {
  // A store without a secret box kept keys in clear.
  if (secretKey === undefined) {
    if (/^([0-9a-f]{64}|[0-9a-f]{128})$/i.test(sealed)) return sealed
    throw kitErrors.setting_invalid(`the private keys are sealed: set ${SECRET_KEY}, or --secret-key-file`)
  }
  const opened = await new SecretBox(secretKey).decrypt(sealed)
  if (opened === '') throw kitErrors.setting_invalid('a private key does not open: the secret key is another one')
  return opened
}

async function readSecretKey(
  { secretKeyFile }: ImportOptions,
  variables: ImportProgram['variables'],
): Promise<string | undefined> {
  const given = secretKeyFile === undefined ? variables[SECRET_KEY] : await readFile(secretKeyFile, 'utf8')
  const key = given?.trim()
  if (!key) return undefined
  if (!/^[0-9a-f]{64}$/i.test(key)) throw kitErrors.setting_invalid('the secret key must be 64 digits of hex')
  return key
}

/** One line when a kind of thing begins, and one for each tenth of it. */
function progressOf(warn: (line: string) => void): (progress: ImportProgress) => void {
  let last = ''
  return ({ label, step, done, total }) => {
    const line = `${step === 'import' ? 'importing' : 'checking'} ${label}: ${Math.floor((done * 10) / total) * 10} %`
    if (line !== last) warn(line)
    last = line
  }
}
