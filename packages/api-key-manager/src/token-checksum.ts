import { BASE62 } from '@veramo-studio/plugin-kit'

/**
 * The CRC-32 of zlib, four characters a step. It stands before all else on the way of a call: the one of `node:zlib` takes
 * longer to enter than this takes to finish a token.
 */
const POLYNOMIAL = 0xedb88320
const TABLES = makeTables()
const CHARACTERS_A_STEP = 4

/** 62^6 exceeds 2^32. */
const CHECKSUM_LENGTH = 6
const NO_DIGIT = -1
const CHUNK_DIGITS = 8
const CHUNK = BigInt(BASE62.length) ** BigInt(CHUNK_DIGITS)
const DIGITS = digitsByCode()

/** The CRC-32 of a text of letters, digits and `_`, as 6 letters and digits. */
export function checksumOf(text: string): string {
  return toBase62(BigInt(crcOf(text, text.length)), CHECKSUM_LENGTH)
}

/** Whether the 6 characters at `length` are the checksum of what stands before them. */
export function hasChecksum(text: string, length: number): boolean {
  let number = 0
  for (let at = length; at < length + CHECKSUM_LENGTH; at += 1) {
    const digit = DIGITS[text.charCodeAt(at)] ?? NO_DIGIT
    if (digit === NO_DIGIT) return false
    number = number * BASE62.length + digit
  }
  return number === crcOf(text, length)
}

/** The last digits of a number, leading zeros included. */
export function toBase62(number: bigint, length: number): string {
  let text = ''
  let rest = number
  while (text.length < length) {
    // As many digits at once as a double can hold: each step with a BigInt costs as much as all of them.
    let digits = Number(rest % CHUNK)
    rest /= CHUNK
    for (let count = 0; count < CHUNK_DIGITS; count += 1) {
      text = BASE62.charAt(digits % BASE62.length) + text
      digits = Math.floor(digits / BASE62.length)
    }
  }
  return text.slice(-length)
}

/** Characters past the first 256 of Unicode are taken for others: the shape of a text is another question. */
function crcOf(text: string, length: number): number {
  const [first, second, third, fourth] = TABLES
  let crc = -1
  let at = 0
  for (; at + CHARACTERS_A_STEP <= length; at += CHARACTERS_A_STEP) {
    crc ^=
      (text.charCodeAt(at) & 255) |
      ((text.charCodeAt(at + 1) & 255) << 8) |
      ((text.charCodeAt(at + 2) & 255) << 16) |
      (text.charCodeAt(at + 3) << 24)
    crc =
      (fourth[crc & 255] as number) ^
      (third[(crc >>> 8) & 255] as number) ^
      (second[(crc >>> 16) & 255] as number) ^
      (first[crc >>> 24] as number)
  }
  for (; at < length; at += 1) crc = (first[(crc ^ text.charCodeAt(at)) & 255] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = Int32Array.from({ length: 256 }, (_unused, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1
    return crc
  })
  const next = (table: Int32Array) => table.map((crc) => (first[crc & 255] as number) ^ (crc >>> 8))
  const second = next(first)
  const third = next(second)
  return [first, second, third, next(third)]
}

function digitsByCode(): Int8Array {
  const digits = new Int8Array(128).fill(NO_DIGIT)
  for (const [digit, letter] of Array.from(BASE62).entries()) digits[letter.charCodeAt(0)] = digit
  return digits
}
