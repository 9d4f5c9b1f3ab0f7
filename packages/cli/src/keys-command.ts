import type {
  ApiKey,
  ApiKeyManagerCreateResult,
  ApiKeyManagerGetUsageArgs,
  ApiKeyManagerListArgs,
  ApiKeyManagerRevokeArgs,
  ApiKeyUsage,
  ApiKeyUsageItem,
} from '@veramo-studio/api-key-manager'
import { kitErrors } from '@veramo-studio/plugin-kit'
import { Option, type Command } from 'commander'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { addImportKeysCommand } from './import-keys-command.js'
import { addKeyOptions, toKeyArgs, type KeyOptions } from './key-options.js'
import { readAllPages } from './read-all-pages.js'
import type { Printer, RunCommand } from './session.js'

type ListOptions = Omit<ApiKeyManagerListArgs, 'customerId'> & { customer: string }

interface UsageOptions {
  from?: string
  to?: string
  granularity?: ApiKeyManagerGetUsageArgs['granularity']
}

const COLUMNS: readonly Column<ApiKey>[] = [
  { title: 'KEY', value: ({ keyId }) => keyId },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'ENVIRONMENT', value: ({ environment }) => environment },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'PERMISSIONS', value: ({ permissions }) => permissions.join(',') },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
  { title: 'EXPIRES', value: ({ expiresAt }) => expiresAt },
]

const USAGE_COLUMNS: readonly Column<ApiKeyUsageItem>[] = [
  { title: 'FROM', value: ({ start }) => start },
  { title: 'METHOD', value: ({ method }) => method },
  { title: 'OUTCOME', value: ({ outcome }) => outcome },
  { title: 'CALLS', value: ({ count }) => String(count), align: 'right' },
]

export function addKeysCommand(program: Command, run: RunCommand): void {
  const keys = program.command('keys').description("API keys of customers, and the operator's own")
  addCreateCommand(keys, run)
  addImportKeysCommand(keys, run, keyLines)
  addListCommand(keys, run)
  addShowCommand(keys, run)
  addSwitchCommands(keys, run)
  addRotateCommand(keys, run)
  addRevokeCommand(keys, run)
  addKeyUsageCommand(keys, run)
}

function addListCommand(keys: Command, run: RunCommand): void {
  keys
    .command('list')
    .description('list the keys of a customer, oldest first')
    .requiredOption('--customer <customerId>', 'whose keys; `operator` for your own')
    .addOption(new Option('--status <status>').choices(['active', 'disabled', 'expired', 'revoked']))
    .addOption(new Option('--environment <environment>').choices(['live', 'test']))
    .option('--name <part>', 'keys with this in their names')
    .action(({ customer, ...filters }: ListOptions) =>
      run(async ({ call, print }) => {
        const list = await readAllPages<ApiKey>(call, 'apiKeyManagerList', { customerId: customer, ...filters })
        print.result(list, () => formatTable(COLUMNS, list.items))
      }),
    )
}

function addShowCommand(keys: Command, run: RunCommand): void {
  keys
    .command('show')
    .description('show one key')
    .argument('<keyId>')
    .action((keyId: string) =>
      run(async ({ call, print }) => {
        const apiKey = await call<ApiKey>('apiKeyManagerGet', { keyId })
        print.result(apiKey, () => [...keyLines(apiKey), ...detailLines(apiKey)])
      }),
    )
}

function addSwitchCommands(keys: Command, run: RunCommand): void {
  const commands = [
    { name: 'disable', description: 'refuse a key until it is enabled again', enabled: false },
    { name: 'enable', description: 'take a disabled key again', enabled: true },
  ]
  for (const { name, description, enabled } of commands) {
    keys
      .command(name)
      .description(description)
      .argument('<keyId>')
      .action((keyId: string) =>
        run(async ({ call, print }) => {
          const apiKey = await call<ApiKey>('apiKeyManagerUpdate', { keyId, enabled })
          print.result(apiKey, () => keyLines(apiKey))
        }),
      )
  }
}

function addRotateCommand(keys: Command, run: RunCommand): void {
  keys
    .command('rotate')
    .description('put a new key in the place of one, and print its token, which is shown this once')
    .argument('<keyId>')
    .option('--overlap <seconds>', 'how long the old token still answers; default 0')
    .action((keyId: string, { overlap }: { overlap?: string }) =>
      run(async ({ call, print }) => {
        const args = { keyId, ...(overlap !== undefined && { overlapSeconds: toSeconds(overlap) }) }
        printWithToken(print, await call<ApiKeyManagerCreateResult>('apiKeyManagerRotate', args))
      }),
    )
}

function addRevokeCommand(keys: Command, run: RunCommand): void {
  keys
    .command('revoke')
    .description('end a key, at once and for good')
    .argument('<keyId>')
    .option('--reason <reason>', 'kept with the key')
    .action((keyId: string, { reason }: { reason?: string }) =>
      run(async ({ call, print }) => {
        const args: ApiKeyManagerRevokeArgs = { keyId, ...(reason !== undefined && { reason }) }
        const apiKey = await call<ApiKey>('apiKeyManagerRevoke', args)
        print.result(apiKey, () => keyLines(apiKey))
      }),
    )
}

function addKeyUsageCommand(keys: Command, run: RunCommand): void {
  keys
    .command('usage')
    .description('show what a key was used for')
    .argument('<keyId>')
    .option('--from <time>', 'ISO 8601; default 30 days before the end')
    .option('--to <time>', 'ISO 8601; default now')
    .addOption(new Option('--granularity <unit>', 'default day').choices(['hour', 'day']))
    .action((keyId: string, options: UsageOptions) =>
      run(async ({ call, print }) => {
        const usage = await call<ApiKeyUsage>('apiKeyManagerGetUsage', { keyId, ...options })
        print.result(usage, () => formatTable(USAGE_COLUMNS, usage.items))
      }),
    )
}

function addCreateCommand(keys: Command, run: RunCommand): void {
  const command = keys
    .command('create')
    .description('make a key, and print its token, which is shown this once')
    .requiredOption('--customer <customerId>', 'whose key; `operator` for one of your own')
    .requiredOption('--name <name>', 'what it is called')
  addKeyOptions(command).action((options: KeyOptions) =>
    run(async ({ call, print }) => {
      printWithToken(print, await call<ApiKeyManagerCreateResult>('apiKeyManagerCreate', toKeyArgs(options)))
    }),
  )
}

/** The one way that a secret is printed. */
function printWithToken(print: Printer, result: ApiKeyManagerCreateResult): void {
  print.result(result, () => [...keyLines(result.apiKey), '', result.token])
}

function toSeconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw kitErrors.invalid_argument('--overlap must be a whole number of seconds')
}

function keyLines({ keyId, customerId, name, environment, status, permissions, expiresAt }: ApiKey): string[] {
  return formatRecord([
    ['key', keyId],
    ['customer', customerId],
    ['name', name],
    ['environment', environment],
    ['status', status],
    ['permissions', permissions.join(',')],
    ['expires', expiresAt],
  ])
}

function detailLines(apiKey: ApiKey): string[] {
  const limits = apiKey.rateLimits.map(({ name, limit, windowMs, scope }) => `${name} ${limit}/${windowMs}ms ${scope}`)
  return formatRecord([
    ['description', apiKey.description ?? '-'],
    ['network', apiKey.network ?? '-'],
    ['rate limits', limits.join(', ') || '-'],
    ['allowed ips', apiKey.allowedIps.join(',') || '-'],
    ['created', apiKey.createdAt],
    ['last used', apiKey.lastUsedAt ?? '-'],
    ['rotated from', apiKey.rotatedFrom ?? '-'],
  ])
}
