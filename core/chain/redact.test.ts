import { describe, expect, it } from 'vitest'
import { redactText, redactUrl } from './redact.ts'

describe('a URL that is shown', () => {
  it('keeps the host and loses whatever may be a key', () => {
    expect(redactUrl('https://mainnet.helius-rpc.com/?api-key=6d0c')).toBe(
      'https://mainnet.helius-rpc.com/?api-key=***',
    )
    expect(redactUrl('https://x.quiknode.pro/0123456789abcdef0123/')).toBe('https://x.quiknode.pro/***/')
    expect(redactUrl('https://me:secret@rpc.example/')).toBe('https://***@rpc.example/')
    expect(redactUrl('http://127.0.0.1:8899/swap/v1/swap-instructions')).toBe(
      'http://127.0.0.1:8899/swap/v1/swap-instructions',
    )
    expect(redactUrl('nonsense')).toBe('(not a URL)')
  })

  it('is masked inside texts too', () => {
    const url = 'https://rpc.example/?api-key=6d0c'
    expect(redactText(`GET ${url} failed: key 6d0c is wrong`, url)).toBe(
      'GET https://rpc.example/?api-key=*** failed: key *** is wrong',
    )
  })

  it('has no second slash where it stands in a text with one', () => {
    expect(redactText('GET http://127.0.0.1:9/ failed', 'http://127.0.0.1:9')).toBe('GET http://127.0.0.1:9/ failed')
  })

  it('is masked where only the key that stands as its user is told', () => {
    const url = 'https://6d0cKEY@RPC.example/'
    expect(redactText('can not be fetched: https://6d0cKEY@rpc.example/', url)).not.toContain('6d0cKEY')
  })
})

describe('what is a key, and what is not', () => {
  it('masks a webhook token of letters alone', () => {
    expect(redactUrl('https://hooks.example/services/T012/B345/abcdEFGHijklMNOPqrstUVWX')).toBe(
      'https://hooks.example/services/T012/B345/***',
    )
  })

  it('leaves a text readable whose URL has a value too short to be a key', () => {
    expect(redactText('127.0.0.1 refused it', 'http://u:p@127.0.0.1:8899/?v=1')).toBe('127.0.0.1 refused it')
    expect(redactText('hunter22 is wrong', 'http://u:hunter22@127.0.0.1:8899/')).toBe('*** is wrong')
  })
})
