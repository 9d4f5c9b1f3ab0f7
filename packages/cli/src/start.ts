import { init, type InitOptions } from './init.js'

/**
 * Prepares what is missing, then hands over to the stock Veramo CLI in this process, so that signals reach the server:
 * the same as `veramo server --config <agent file>`.
 */
export async function start(options: InitOptions): Promise<void> {
  await init(options)
  process.argv.splice(2, process.argv.length, 'server', '--config', options.agentFile)
  await import('@veramo/cli')
}
