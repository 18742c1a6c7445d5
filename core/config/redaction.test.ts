import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactor } from './redaction.ts'

describe('the redactor', () => {
  it('takes a secret out of a text, also as it stands in a URL or in JSON', () => {
    const redact = redactor(['p&ss "word"'])
    expect(redact('key p&ss "word" here')).toBe('key *** here')
    expect(redact('https://x.example/?key=p%26ss%20%22word%22')).toBe('https://x.example/?key=***')
    expect(redact(JSON.stringify({ key: 'p&ss "word"' }))).toBe('{"key":"***"}')
  })

  it('takes the longer of two secrets out first', () => {
    expect(redactor(['abcd', 'abcdef'])('abcdef abcd')).toBe('*** ***')
  })

  it('leaves none of the secrets in any text', () => {
    const secrets = fc.array(
      fc.string({ minLength: 6, maxLength: 20 }).filter(text => !/^\**$/.test(text)),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(secrets, fc.array(fc.string(), { maxLength: 4 }), (secrets, between) => {
        const text = secrets.map((secret, at) => `<${between[at] ?? ''}>${secret}`).join('\n')
        for (const secret of secrets) {
          // What is left of other words may only look like one of them when it holds the stars themselves.
          if (!secret.includes('*')) expect(redactor(secrets)(text)).not.toContain(secret)
        }
      }),
    )
  })
})
