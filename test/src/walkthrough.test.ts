import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freshEnvironment, ROOT } from './agents/environment.js'
import { ServiceProcess } from './agents/service-process.js'

interface Step {
  command: string
  /** The answer as the README shows it: JSON, where `…` stands for anything, or text. Undefined where it shows none. */
  answer?: unknown
}

function readSteps(): Step[] {
  const steps: Step[] = []
  for (const [, language, text = ''] of readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(
    /```(\w+)\n(.*?)```/gs,
  )) {
    if (language === 'sh') steps.push({ command: text })
    const last = steps.at(-1)
    if (language === 'json' && last !== undefined) last.answer = JSON.parse(text) as unknown
    if (language === 'text' && last !== undefined) last.answer = text.trim()
  }
  return steps
}

/** Replaces what the README leaves open by what was answered, where that fits. */
function fill(shown: unknown, answered: unknown): unknown {
  if (typeof shown === 'string' && shown.includes('…')) {
    if (shown === '…') return answered
    const [start = '', end = ''] = shown.split('…')
    const fits = typeof answered === 'string' && answered.startsWith(start) && answered.endsWith(end)
    return fits ? answered : shown
  }
  if (Array.isArray(shown) && Array.isArray(answered)) return shown.map((item, index) => fill(item, answered[index]))
  if (typeof shown === 'object' && shown !== null && typeof answered === 'object' && answered !== null) {
    const members = answered as Record<string, unknown>
    return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, fill(value, members[name])]))
  }
  return shown
}

/** Runs all commands in one shell, as a reader does, and returns what each printed. */
async function runInOneShell(commands: string[], cwd: string): Promise<string[]> {
  const mark = '=====next====='
  const script = commands.map((command) => `${command}\necho; echo ${mark}`).join('\n')
  const shell = spawn('bash', ['-e', '-c', script], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await new Promise((resolve) => shell.on('close', resolve))
  return output.split(`${mark}\n`).slice(0, -1)
}

describe('the walk-through of the README', () => {
  const directory = mkdtempSync(join(tmpdir(), 'veramo-studio-walk-'))
  let service: ServiceProcess

  beforeAll(async () => {
    service = new ServiceProcess(await freshEnvironment(`sqlite:${join(directory, 'studio.sqlite')}`))
    await service.start()
    symlinkSync(String(service.environment['DATA_DIR']), join(directory, 'data'))
  })
  afterAll(() => service.stop())

  it('works as it is written, command by command, answer by answer', async () => {
    const steps = readSteps()
    const port = String(service.environment['PORT'])
    const outputs = await runInOneShell(
      steps.map(({ command }) => command.replaceAll('3332', port)),
      directory,
    )
    expect(outputs).toHaveLength(steps.length)
    for (const [index, { command, answer }] of steps.entries()) {
      if (answer === undefined) continue
      const output = (outputs[index] ?? '').trim()
      const answered = typeof answer === 'string' ? output : (JSON.parse(output) as unknown)
      expect({ command, answer: answered }).toEqual({ command, answer: fill(answer, answered) })
    }
    expect(steps.filter(({ answer }) => answer !== undefined).length).toBeGreaterThan(7)
  })
})
