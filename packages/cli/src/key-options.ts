import type { ApiKey, ApiKeyManagerCreateArgs } from '@veramo-studio/api-key-manager'
import { Option, type Command } from 'commander'

/** What is said of a new key on the command line. */
export interface KeyOptions {
  customer: string
  name: string
  permissions?: string
  expiresAt?: string
  environment?: ApiKey['environment']
  network?: string
  description?: string
  allowedIps?: string
}

/** For commands that make keys, beside the options for whom and under which name. */
export function addKeyOptions(command: Command): Command {
  return command
    .option('--permissions <methods>', 'methods that it may call, with commas between them; default all of its role')
    .option('--expires-at <time>', 'ISO 8601; default in a year')
    .option('--description <text>')
    .addOption(new Option('--environment <environment>', 'default live').choices(['live', 'test']))
    .option('--network <network>', 'the only one that it may spend on')
    .option('--allowed-ips <ranges>', 'addresses and CIDR ranges that it may be used from, with commas between them')
}

export function toKeyArgs(options: KeyOptions): ApiKeyManagerCreateArgs
export function toKeyArgs(options: Partial<KeyOptions>): Partial<ApiKeyManagerCreateArgs>
export function toKeyArgs(options: Partial<KeyOptions>): Partial<ApiKeyManagerCreateArgs> {
  const { customer, permissions, allowedIps, ...others } = options
  return {
    ...(customer !== undefined && { customerId: customer }),
    ...others,
    ...(permissions !== undefined && { permissions: listOf(permissions) }),
    ...(allowedIps !== undefined && { allowedIps: listOf(allowedIps) }),
  }
}

function listOf(text: string): string[] {
  return text.split(',').map((item) => item.trim())
}
