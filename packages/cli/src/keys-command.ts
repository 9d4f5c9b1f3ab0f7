import type {
  ApiKey,
  ApiKeyManagerCreateArgs,
  ApiKeyManagerCreateResult,
  ApiKeyManagerRevokeArgs,
} from '@veramo-studio/api-key-manager'
import { Option, type Command } from 'commander'
import { formatRecord, formatTable, type Column } from './format-table.js'
import { readAllPages } from './read-all-pages.js'
import type { RunCommand } from './session.js'

interface CreateOptions {
  customer: string
  name: string
  permissions?: string
  expiresAt?: string
  environment?: ApiKey['environment']
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

export function addKeysCommand(program: Command, run: RunCommand): void {
  const keys = program.command('keys').description("API keys of customers, and the operator's own")
  addCreateCommand(keys, run)

  keys
    .command('list')
    .description('list the keys of a customer, oldest first')
    .requiredOption('--customer <customerId>', 'whose keys; `operator` for your own')
    .action(({ customer }: { customer: string }) =>
      run(async ({ call, print }) => {
        const list = await readAllPages<ApiKey>(call, 'apiKeyManagerList', { customerId: customer })
        print.result(list, () => formatTable(COLUMNS, list.items))
      }),
    )

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

/** The one command that prints a secret. */
function addCreateCommand(keys: Command, run: RunCommand): void {
  keys
    .command('create')
    .description('make a key, and print its token, which is shown this once')
    .requiredOption('--customer <customerId>', 'whose key; `operator` for one of your own')
    .requiredOption('--name <name>', 'what it is called')
    .option('--permissions <methods>', 'methods that it may call, with commas between them; default all of its role')
    .option('--expires-at <time>', 'ISO 8601; default in a year')
    .addOption(new Option('--environment <environment>', 'default live').choices(['live', 'test']))
    .action((options: CreateOptions) =>
      run(async ({ call, print }) => {
        const result = await call<ApiKeyManagerCreateResult>('apiKeyManagerCreate', toCreateArgs(options))
        print.result(result, () => [...keyLines(result.apiKey), '', result.token])
      }),
    )
}

function toCreateArgs({ customer, name, permissions, expiresAt, environment }: CreateOptions): ApiKeyManagerCreateArgs {
  return {
    customerId: customer,
    name,
    ...(permissions !== undefined && { permissions: permissions.split(',').map((method) => method.trim()) }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(environment !== undefined && { environment }),
  }
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
