import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { derivedKey } from '../derived-key.ts'
import { buildSwapProgram, COMPILER, isCompilerInstalled } from './build.ts'
import { checkInstructions } from './check-instructions.ts'
import { linkProgram } from './link.ts'
import { SWAP_PROGRAM, swapProgramElf } from './swap-program.ts'

describe('the committed swap program', () => {
  it('has the digest that is committed beside it', () => {
    const line = readFileSync(new URL('swap.so.sha256', import.meta.url), 'utf8')
    expect(line).toBe(`${createHash('sha256').update(swapProgramElf()).digest('hex')}  swap.so\n`)
  })

  it('lives at the address of its label', () => {
    expect(SWAP_PROGRAM).toBe(derivedKey('swap program').address)
  })

  it('is what the source compiles to, byte for byte', context => {
    if (!isCompilerInstalled()) context.skip(`skipped: no ${COMPILER}`)
    expect(Buffer.from(buildSwapProgram()).equals(swapProgramElf())).toBe(true)
  })
})

describe('the linker', () => {
  const EXIT = [0x95, 0, 0, 0, 0, 0, 0, 0]
  const refusals: [what: string, code: number[], message: RegExp][] = [
    ['32-bit arithmetic', [0x04, 0, 0, 0, 1, 0, 0, 0], /32-bit arithmetic/],
    ['32-bit jumps', [0x16, 0, 0, 0, 1, 0, 0, 0], /32-bit jump/],
    ['atomics', [0xdb, 0, 0, 0, 1, 0, 0, 0], /atomic/],
    ['legacy packet loads', [0x20, 0, 0, 0, 1, 0, 0, 0], /legacy/],
    ['indirect calls', [0x8d, 0, 0, 0, 1, 0, 0, 0], /indirect/],
  ]

  it.each(refusals)('refuses %s, which SBPF v0 runs wrongly or not at all', (_, code, message) => {
    expect(() => checkInstructions(Uint8Array.from([...code, ...EXIT]))).toThrow(message)
    expect(checkInstructions(Uint8Array.from(EXIT)).size).toBe(1)
  })

  it('refuses what is no object file of clang for BPF', () => {
    expect(() => linkProgram(new Uint8Array(100))).toThrow(/not an ELF/)
    expect(() => linkProgram(swapProgramElf())).toThrow(/not a relocatable/)
  })

  it('refuses a syscall that is not on the list', () => {
    expect(() => linkProgram(objectCalling('sol_get_stake'))).toThrow(/"sol_get_stake" is not an allowed syscall/)
    expect(linkProgram(objectCalling('sol_log_')).length).toBeGreaterThan(0)
  })
})

/** A relocatable object of one function that calls one undefined symbol, as clang writes it. */
function objectCalling(syscall: string): Uint8Array {
  const text = Uint8Array.from([0x85, 0x10, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x95, 0, 0, 0, 0, 0, 0, 0])
  const names = new TextEncoder().encode(`\0.text\0.rel.text\0.symtab\0.strtab\0entrypoint\0${syscall}\0`)
  const nameAt = (name: string): number => new TextDecoder().decode(names).indexOf(`\0${name}\0`) + 1
  const symbols = new DataView(new ArrayBuffer(3 * 24))
  symbols.setUint32(24, nameAt('entrypoint'), true)
  symbols.setUint16(24 + 6, 1, true)
  symbols.setUint32(48, nameAt(syscall), true)
  const rel = new DataView(new ArrayBuffer(16))
  rel.setBigUint64(8, (2n << 32n) | 10n, true)
  const bodies = [text, new Uint8Array(rel.buffer), new Uint8Array(symbols.buffer), names]
  const file = new Uint8Array(64 + 400 + 5 * 64)
  const view = new DataView(file.buffer)
  view.setUint32(0, 0x7f454c46, false)
  view.setUint16(16, 1, true)
  view.setUint16(18, 247, true)
  view.setBigUint64(40, 464n, true)
  view.setUint16(60, 5, true)
  view.setUint16(62, 4, true)
  const headers = [
    { name: '.text', type: 1, flags: 6, link: 0, info: 0 },
    { name: '.rel.text', type: 9, flags: 0, link: 3, info: 1 },
    { name: '.symtab', type: 2, flags: 0, link: 4, info: 1 },
    { name: '.strtab', type: 3, flags: 0, link: 0, info: 0 },
  ]
  let offset = 64
  headers.forEach((header, index) => {
    const body = bodies[index]!
    file.set(body, offset)
    const at = 464 + (index + 1) * 64
    view.setUint32(at, nameAt(header.name), true)
    view.setUint32(at + 4, header.type, true)
    view.setBigUint64(at + 8, BigInt(header.flags), true)
    view.setBigUint64(at + 24, BigInt(offset), true)
    view.setBigUint64(at + 32, BigInt(body.length), true)
    view.setUint32(at + 40, header.link, true)
    view.setUint32(at + 44, header.info, true)
    view.setBigUint64(at + 48, 8n, true)
    offset += Math.ceil(body.length / 8) * 8
  })
  return file
}
