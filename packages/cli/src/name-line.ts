import { oneLine } from './one-line.js'
import { lineOfSetting } from './setting-line.js'

/** The words of `plans_invalid`: a JSON pointer in the plugin's settings, where it is not about all of them. */
const PLANS_INVALID = /^plans_invalid: (?:(\/.*?)|the configuration): /
/** What the Veramo CLI appends; the innermost object comes first. All else of an error is lost there. */
const CREATED = /\. While creating object from pointer: (\S+?)(?:\. |$)/

/** Adds the line of the agent file to the error of plans or method rules that are not fit; other errors stay as they are. */
export function namingLine(error: unknown, agentFile: { file: string; text: string }): unknown {
  const message = oneLine(error)
  const found = PLANS_INVALID.exec(message)
  if (found === null) return error
  const [, created = ''] = CREATED.exec((error as Error).message) ?? []
  const line = lineOfSetting(agentFile.text, { created, setting: found[1] ?? '' })
  const told = message.replace(/^plans_invalid: /, `plans_invalid: ${agentFile.file}, line ${line}: `)
  return new Error(told, { cause: error })
}
