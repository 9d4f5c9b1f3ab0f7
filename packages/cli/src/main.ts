import { loadSettings } from '@veramo-studio/plugin-kit'
import { Command } from 'commander'
import { addAccountsCommand } from './accounts-command.js'
import { composeDatabase } from './agent-file.js'
import { addBooksCommand } from './books-command.js'
import { addGrantsCommand } from './grants-command.js'
import { addImportCommand } from './import-command.js'
import { init, type InitOptions } from './init.js'
import { addKeysCommand } from './keys-command.js'
import { oneLine } from './one-line.js'
import { addPlansCommand } from './plans-command.js'
import { addReservationsCommand } from './reservations-command.js'
import { runSession, type RunCommand } from './session.js'
import { start } from './start.js'
import { addUsageCommand } from './usage-command.js'

const program = new Command('veramo-studio')
  .description('Serves a Veramo agent to many customers')
  .option('--config <file>', 'the agent file', './agent.yml')
  .option('--json', 'print what the method gave as JSON', false)

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

const run: RunCommand = (work) =>
  runSession({ agentFile: agentFile(), json: program.opts<{ json: boolean }>().json, say, warn, write, progress }, work)

addAccountsCommand(program, run)
addKeysCommand(program, run)
addPlansCommand(program, run)
addUsageCommand(program, run)
addGrantsCommand(program, run)
addReservationsCommand(program, run)
addBooksCommand(program, run)
addImportCommand(program, { agentFile, variables: process.env, say, warn })

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

function warn(line: string): void {
  process.stderr.write(`${line}\n`)
}

function write(text: string): void {
  process.stdout.write(text)
}

/** On a terminal alone: in place of what it showed before. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`)
}

try {
  await program.parseAsync()
} catch (error) {
  // An agent that could not be made whole may leave connections open which nobody else can close.
  process.stderr.write(`${oneLine(error)}\n`, () => process.exit(1))
}
