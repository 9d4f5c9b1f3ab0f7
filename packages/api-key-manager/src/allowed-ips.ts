import { BlockList, isIP } from 'node:net'
import { kitErrors } from '@veramo-studio/plugin-kit'

const MAX_RANGES = 100
const BITS = { ipv4: 32, ipv6: 128 }
/** An IPv4 address in the dress of IPv6, as a socket that listens on both shows it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

interface AddressRange {
  address: string
  family: 'ipv4' | 'ipv6'
  prefix: number
}

/** Throws `invalid_argument`, naming the first entry that is neither an address nor a CIDR range. */
export function checkAllowedIps(ranges: readonly string[]): string[] {
  if (ranges.length > MAX_RANGES) throw kitErrors.invalid_argument(`allowedIps has at most ${MAX_RANGES} entries`)
  const wrong = ranges.findIndex((text) => parseRange(text) === undefined)
  if (wrong >= 0) {
    throw kitErrors.invalid_argument(`allowedIps.${wrong} must be an address or a range such as 192.0.2.0/24`)
  }
  return [...new Set(ranges)]
}

export function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of ranges) {
    const range = parseRange(text)
    if (range !== undefined) list.addSubnet(range.address, range.prefix, range.family)
  }
  return list
}

/** Whether an address is in a list. What is no address is in none. */
export function isInAddressList(list: BlockList, ip: string): boolean {
  const address = withoutMapping(ip)
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

/** Whether each address of a range is among those of others. Ranges that only together cover it do not count. */
export function isWithinRanges(text: string, ranges: readonly string[]): boolean {
  const inner = parseRange(text)
  if (inner === undefined) return false
  return ranges.some((each) => {
    const outer = parseRange(each)
    if (outer === undefined || outer.family !== inner.family || outer.prefix > inner.prefix) return false
    return addressList([each]).check(inner.address, inner.family)
  })
}

function parseRange(text: string): AddressRange | undefined {
  const [written = '', bits, ...rest] = text.split('/')
  const address = withoutMapping(written)
  const version = isIP(address)
  if (version === 0 || address.includes('%') || rest.length > 0) return undefined
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (bits === undefined) return { address, family, prefix: BITS[family] }
  // The prefix of a mapped address counts the bits of IPv6.
  const prefix = Number(bits) - (address === written ? 0 : BITS.ipv6 - BITS.ipv4)
  const isPrefix = /^\d{1,3}$/.test(bits) && prefix >= 0 && prefix <= BITS[family]
  return isPrefix ? { address, family, prefix } : undefined
}

function withoutMapping(address: string): string {
  return MAPPED.exec(address)?.[1] ?? address
}
