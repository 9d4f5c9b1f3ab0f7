import { kitErrors } from '@veramo-studio/plugin-kit'

/** What the service's own tokens begin with. */
export const OWN_PREFIX = 'vs_'
/** What a JWT begins with, whose place in `Authorization` an imported token must not take. */
const JWT_PREFIX = 'eyJ'
const PREFIX = /^[0-9A-Za-z_]{3,32}$/
const MAX_PREFIXES = 20
/** What a header can carry of a token, and all that is hashed of one. No look-alike of a letter is among it. */
const TOKEN_TEXT = /^[!-~]{1,256}$/

/** What tokens begin with that were made elsewhere, and whose keys may be taken over by their hashes. */
export class ImportedPrefixes {
  /** Throws `setting_invalid` for a prefix that is none, or that a token of another kind could begin with. */
  constructor(readonly all: readonly string[] = []) {
    if (all.length > MAX_PREFIXES) throw wrong(`has at most ${MAX_PREFIXES} entries`)
    for (const [index, prefix] of all.entries()) {
      if (!PREFIX.test(prefix)) throw wrong(`.${index} must have 3 to 32 letters, digits and _`)
      const others = [OWN_PREFIX, JWT_PREFIX, ...all.slice(0, index)]
      const other = others.find((each) => each.startsWith(prefix) || prefix.startsWith(each))
      if (other !== undefined) throw wrong(`.${index} and ${other} must not begin with each other`)
    }
  }

  has(prefix: string): boolean {
    return this.all.includes(prefix)
  }

  /** The prefix of a text that may be an imported token; costs no secret, and nothing where there are no prefixes. */
  find(token: string): string | undefined {
    const prefix = this.all.find((each) => token.startsWith(each))
    return prefix !== undefined && token.length > prefix.length && TOKEN_TEXT.test(token) ? prefix : undefined
  }
}

/** Names the variable too that `agent.yml` takes them from: who set that may never have seen the option. */
function wrong(reason: string): Error {
  const member = `importedPrefixes${reason.startsWith('.') ? '' : ' '}`
  return kitErrors.setting_invalid(`${member}${reason} (IMPORTED_KEY_PREFIXES)`)
}
