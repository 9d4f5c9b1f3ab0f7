import { loadSettings } from '@veramo-studio/plugin-kit'
import { Command } from 'commander'
import { composeDatabase } from './agent-file.js'
import { init, type InitOptions } from './init.js'
import { oneLine } from './one-line.js'
import { start } from './start.js'

const program = new Command('veramo-studio')
  .description('Serves a Veramo agent to many customers')
  .option('--config <file>', 'the agent file', './agent.yml')

program
  .command('init')
  .description('make what a first start needs: data directory, secrets, tables, operator token')
  .option('--new-operator-token', 'make a further operator key', false)
  .action((options: { newOperatorToken: boolean }) => init(optionsFor(options.newOperatorToken)))

program
  .command('start')
  .description('init, then serve the agent file with the Veramo CLI')
  .action(() => start(optionsFor(false)))

program
  .command('migrate')
  .description('bring the tables of the database up to date')
  .action(async () => {
    const database = await composeDatabase(agentFile())
    for (const name of database.migrated) say(`applied ${name}`)
    say('the database is up to date')
    await database.close()
  })

function agentFile(): string {
  return program.opts<{ config: string }>().config
}

function optionsFor(newOperatorToken: boolean): InitOptions {
  const settings = loadSettings(process.env)
  return { agentFile: agentFile(), settings, variables: process.env, newOperatorToken, say }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(`${oneLine(error)}\n`)
  process.exitCode = 1
}
