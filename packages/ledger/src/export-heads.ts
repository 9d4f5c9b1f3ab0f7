import { isPlainObject, kitErrors } from '@veramo-studio/plugin-kit'
import type { EntityManager } from 'typeorm'
import type { LedgerHead } from './entry.js'
import { readHeads } from './typeorm/chain-store.js'

const PAGE = 1000

export type Read = <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>

/** One head a line, as JSON. The hash in it is made with the chain key: nobody without that key makes one that fits. */
export async function* exportHeads(read: Read): AsyncGenerator<string> {
  let after = ''
  for (;;) {
    const page = await read((manager) => readHeads(manager, { after, limit: PAGE }))
    for (const { tenantId, seq, hash } of page) yield `${JSON.stringify({ tenantId, seq, hash })}\n`
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.tenantId
  }
}

/** Throws `invalid_argument` for what is no line of an export. */
export function parseHead(line: string): LedgerHead {
  const head = parsed(line)
  if (!isPlainObject(head)) throw notAHead()
  const { tenantId, seq, hash } = head
  const isHead = typeof tenantId === 'string' && typeof hash === 'string' && Number.isSafeInteger(seq)
  if (!isHead) throw notAHead()
  return { tenantId, seq: Number(seq), hash }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw notAHead({ cause })
  }
}

function notAHead(options: ErrorOptions = {}): Error {
  return kitErrors.invalid_argument('knownHeads has a line that is no exported head', options)
}
