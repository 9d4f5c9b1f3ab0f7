import { BASE62 } from '@veramo-studio/plugin-kit'

/**
 * The CRC-32 of zlib, sixteen characters a step. It stands before all else on the way of a call: the one of `node:zlib`
 * takes longer to enter than this takes to finish a token. The text is copied first, at once: a string looks anew for where
 * its characters are with each that is asked for.
 */
const POLYNOMIAL = 0xedb88320
const CHARACTERS_A_STEP = 16
const BYTE_VALUES = 256
/** Table n tells what a byte does to a CRC that has n more bytes to come in its step. */
const TABLES = makeTables()
/** More than any token has: reading past it throws. */
const MAX_LENGTH = 128
const COPY = Buffer.alloc(MAX_LENGTH)
const COPIED = new DataView(COPY.buffer, COPY.byteOffset, MAX_LENGTH)

/** 62^6 exceeds 2^32. */
const CHECKSUM_LENGTH = 6
const NO_DIGIT = -1
const HALF_DIGITS = 5
/** Less than 2^30: with sixteen bits more, a double still holds it exactly. */
const HALF = BASE62.length ** HALF_DIGITS
const DIGITS = digitsByCode()

/** The CRC-32 of a text of letters, digits and `_`, as 6 letters and digits. */
export function checksumOf(text: string): string {
  COPY.write(text, 'latin1')
  return toBase62(crcOfCopy(text.length), CHECKSUM_LENGTH)
}

/** Whether the 6 characters at `length` are the checksum of what stands before them. */
export function hasChecksum(text: string, length: number): boolean {
  // Characters past the first 256 of Unicode are taken for others: the shape of a text is another question.
  if (COPY.write(text, 'latin1') < length + CHECKSUM_LENGTH) return false
  let number = 0
  for (let at = length; at < length + CHECKSUM_LENGTH; at += 1) {
    const digit = DIGITS[COPY[at] as number] as number
    if (digit === NO_DIGIT) return false
    number = number * BASE62.length + digit
  }
  return number === crcOfCopy(length)
}

/**
 * The last ten digits of the number that bytes are, an even number of them, one character each: by long division, whose
 * steps take the same time for all digits.
 */
export function lastDigitsOf(bytes: string): string {
  let lower = 0
  let higher = 0
  for (let at = 0; at < bytes.length; at += 2) {
    const part = lower * 65_536 + ((bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1))
    const quotient = Math.floor(part / HALF)
    lower = part - quotient * HALF
    const above = higher * 65_536 + quotient
    // `%` of numbers that are no small integers is a loop.
    higher = above - Math.floor(above / HALF) * HALF
  }
  return toBase62(higher, HALF_DIGITS) + toBase62(lower, HALF_DIGITS)
}

function toBase62(number: number, length: number): string {
  let text = ''
  let rest = number
  while (text.length < length) {
    text = BASE62.charAt(rest % BASE62.length) + text
    rest = Math.floor(rest / BASE62.length)
  }
  return text
}

function crcOfCopy(length: number): number {
  let crc = -1
  let at = 0
  for (; at + CHARACTERS_A_STEP <= length; at += CHARACTERS_A_STEP) {
    crc =
      effectOf(crc ^ wordAt(at), 12) ^
      effectOf(wordAt(at + 4), 8) ^
      effectOf(wordAt(at + 8), 4) ^
      effectOf(wordAt(at + 12), 0)
  }
  for (; at < length; at += 1) crc = (TABLES[(crc ^ COPIED.getUint8(at)) & 255] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

function wordAt(at: number): number {
  return COPIED.getInt32(at, true)
}

/** Of four bytes, with so many more to come in their step. Calls nothing: a compiler inlines only so much. */
function effectOf(word: number, toCome: number): number {
  const last = toCome * BYTE_VALUES
  return (
    (TABLES[last + 768 + (word & 255)] as number) ^
    (TABLES[last + 512 + ((word >>> 8) & 255)] as number) ^
    (TABLES[last + 256 + ((word >>> 16) & 255)] as number) ^
    (TABLES[last + (word >>> 24)] as number)
  )
}

function makeTables(): Int32Array {
  const tables = new Int32Array(CHARACTERS_A_STEP * BYTE_VALUES)
  for (let at = 0; at < tables.length; at += 1) {
    const before = tables[at - BYTE_VALUES]
    tables[at] = before === undefined ? remainderOf(at) : (tables[before & 255] as number) ^ (before >>> 8)
  }
  return tables
}

function remainderOf(byte: number): number {
  let crc = byte
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1
  return crc
}

function digitsByCode(): Int8Array {
  const digits = new Int8Array(BYTE_VALUES).fill(NO_DIGIT)
  for (const [digit, letter] of Array.from(BASE62).entries()) digits[letter.charCodeAt(0)] = digit
  return digits
}
