import { describe, expect, it } from '@jest/globals'
import { csvRecord } from '../csv.js'

describe('a record of a CSV file', () => {
  it.each<[string, string]>([
    ['plain', 'plain'],
    ['', ''],
    ['two words', 'two words'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\nb', '"a\nb"'],
    ['a\r\nb', '"a\r\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['＝1', "'＝1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['a=b', 'a=b'],
    ['1-2', '1-2'],
    ['ada@example.com', 'ada@example.com'],
  ])('writes %j as %j', (text, cell) => {
    expect(csvRecord([text])).toBe(`${cell}\r\n`)
  })

  it('separates its cells by commas, and ends in CRLF', () => {
    expect(csvRecord(['a', '', 'c,d'])).toBe('a,,"c,d"\r\n')
  })
})
