import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml'

/** A place in an agent file. */
interface Place {
  node: unknown
  /** Where it begins, in characters from the start of the file. */
  offset: number
}

/** An alias or a `$ref` that leads to itself ends here. */
const MAX_HOPS = 10

/**
 * The line of an agent file, counted from 1, of a setting that a plugin found wrong.
 *
 * @param created JSON pointer in the file of the object that was being created: the plugin, or what has it inside
 * @param setting JSON pointer in the plugin's first argument. Where there is nothing at it: the last that there is on
 *   the way
 */
export function lineOfSetting(text: string, { created, setting }: { created: string; setting: string }): number {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter })
  const root: Place = { node: document.contents, offset: 0 }
  const { place: origin } = walk(document, root, tokensOf(created))
  const [nearest] = firstArguments(document, origin)
    .map((place) => walk(document, place, tokensOf(setting)))
    .sort((one, other) => other.depth - one.depth)
  const { offset } = nearest !== undefined && nearest.depth > 0 ? nearest.place : origin
  return lineCounter.linePos(offset).line
}

/** Goes as far as the tokens of a pointer lead. */
function walk(document: Document, from: Place, tokens: readonly string[]): { place: Place; depth: number } {
  let place = from
  for (const [depth, token] of tokens.entries()) {
    const next = step(document, place.node, token)
    if (next === undefined) return { place, depth }
    place = next
  }
  return { place, depth: tokens.length }
}

function step(document: Document, node: unknown, token: string): Place | undefined {
  const target = dereferenced(document, node)
  if (isMap(target)) {
    const pair = target.items.find(({ key }) => isScalar(key) && String(key.value) === token)
    return pair && { node: pair.value, offset: offsetOf(pair.key) }
  }
  if (!isSeq(target) || !/^\d+$/.test(token)) return undefined
  const item = target.items[Number(token)]
  return item === undefined ? undefined : { node: item, offset: offsetOf(item) }
}

function dereferenced(document: Document, node: unknown): unknown {
  let target = node
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    const pointer = isMap(target) ? target.get('$ref') : undefined
    if (isAlias(target)) target = target.resolve(document)
    else if (typeof pointer === 'string') target = document.getIn(tokensOf(pointer), true)
    else return target
  }
  return target
}

/** What the constructors below a place are given first: the plugin's own, and those of what it is made of. */
function firstArguments(document: Document, { node }: Place): Place[] {
  const places: Place[] = []
  visit(dereferenced(document, node) as Node | null, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.value !== '$args' || !isSeq(value)) return
      const [first] = value.items
      places.push({ node: first, offset: offsetOf(first) })
    },
  })
  return places
}

function offsetOf(node: unknown): number {
  return (node as Node | undefined)?.range?.[0] ?? 0
}

/** RFC 6901. */
function tokensOf(pointer: string): string[] {
  const [, ...tokens] = pointer.split('/')
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}
