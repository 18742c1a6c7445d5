import { SECTION_FLAG, SECTION_TYPE } from './relocatable.ts'

/** A call whose target the loader finds by name. */
export interface SyscallUse {
  readonly name: string
  /** Of the call instruction, from the start of the code. */
  readonly offset: number
}

interface OutputSection {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly bytes: Uint8Array
  readonly entrySize?: number
  readonly link?: number
}

const HEADER_SIZE = 64
const SECTION_HEADER_SIZE = 64
const SYMBOL_SIZE = 24
const REL_SIZE = 16
const R_BPF_64_32 = 10
/** Order of the output sections; index 0 is the empty one. */
const DYNSYM_INDEX = 4
const DYNSTR_INDEX = 5
const DT = { null: 0, strtab: 5, symtab: 6, strsz: 10, syment: 11, rel: 17, relsz: 18, relent: 19 } as const

/**
 * The ELF file that Solana's loader takes for SBPF v0: ET_DYN, every section's address equal to its file offset,
 * tables aligned to 8, syscalls as R_BPF_64_32 against undefined dynamic symbols. `rodata` follows `text`, which
 * starts at offset 64.
 */
export function writeProgram(parts: {
  readonly text: Uint8Array
  readonly rodata: Uint8Array
  /** Offset of the entry point in the code. */
  readonly entry: number
  readonly syscalls: readonly SyscallUse[]
}): Uint8Array {
  const names = [...new Set(parts.syscalls.map(use => use.name))].sort()
  const strings = stringTable(names)
  const sections: OutputSection[] = [
    { name: '.text', type: SECTION_TYPE.progbits, flags: SECTION_FLAG.alloc | SECTION_FLAG.exec, bytes: parts.text },
    { name: '.rodata', type: SECTION_TYPE.progbits, flags: SECTION_FLAG.alloc, bytes: parts.rodata },
    {
      name: '.dynamic',
      type: SECTION_TYPE.dynamic,
      flags: SECTION_FLAG.alloc,
      bytes: new Uint8Array(8 * 16),
      entrySize: 16,
      link: DYNSTR_INDEX,
    },
    {
      name: '.dynsym',
      type: SECTION_TYPE.dynsym,
      flags: SECTION_FLAG.alloc,
      bytes: symbolTable(names, strings),
      entrySize: SYMBOL_SIZE,
      link: DYNSTR_INDEX,
    },
    { name: '.dynstr', type: SECTION_TYPE.strtab, flags: SECTION_FLAG.alloc, bytes: strings.bytes },
    {
      name: '.rel.dyn',
      type: SECTION_TYPE.rel,
      flags: SECTION_FLAG.alloc,
      bytes: relocationTable(names, parts.syscalls),
      entrySize: REL_SIZE,
      link: DYNSYM_INDEX,
    },
  ]
  const sectionNames = stringTable([...sections.map(section => section.name), '.shstrtab'])
  sections.push({ name: '.shstrtab', type: SECTION_TYPE.strtab, flags: 0, bytes: sectionNames.bytes })

  let end = HEADER_SIZE
  const offsets = sections.map(section => {
    const at = align8(end)
    end = at + section.bytes.length
    return at
  })
  const [, , , symtab, strtab, rel] = offsets as [number, number, number, number, number, number, number]
  writeDynamic(sections[2]!.bytes, [
    [DT.rel, rel],
    [DT.relsz, sections[5]!.bytes.length],
    [DT.relent, REL_SIZE],
    [DT.symtab, symtab],
    [DT.syment, SYMBOL_SIZE],
    [DT.strtab, strtab],
    [DT.strsz, strings.bytes.length],
    [DT.null, 0],
  ])

  const headersAt = align8(end)
  const file = new Uint8Array(headersAt + (sections.length + 1) * SECTION_HEADER_SIZE)
  const view = new DataView(file.buffer)
  writeHeader(view, { entry: HEADER_SIZE + parts.entry, headersAt, sectionCount: sections.length + 1 })
  sections.forEach((section, index) => {
    const at = offsets[index]!
    file.set(section.bytes, at)
    const header = headersAt + (index + 1) * SECTION_HEADER_SIZE
    view.setUint32(header, sectionNames.offsetOf(section.name), true)
    view.setUint32(header + 4, section.type, true)
    view.setBigUint64(header + 8, BigInt(section.flags), true)
    view.setBigUint64(header + 16, section.flags === 0 ? 0n : BigInt(at), true)
    view.setBigUint64(header + 24, BigInt(at), true)
    view.setBigUint64(header + 32, BigInt(section.bytes.length), true)
    view.setUint32(header + 40, section.link ?? 0, true)
    view.setUint32(header + 44, section.type === SECTION_TYPE.dynsym ? 1 : 0, true)
    view.setBigUint64(header + 48, section.name === '.shstrtab' ? 1n : 8n, true)
    view.setBigUint64(header + 56, BigInt(section.entrySize ?? 0), true)
  })
  return file
}

function writeHeader(view: DataView, header: { entry: number; headersAt: number; sectionCount: number }): void {
  view.setUint32(0, 0x7f454c46, false)
  view.setUint8(4, 2) // 64-bit
  view.setUint8(5, 1) // little-endian
  view.setUint8(6, 1) // ELF version
  view.setUint16(16, 3, true) // ET_DYN
  view.setUint16(18, 263, true) // EM_SBPF
  view.setUint32(20, 1, true)
  view.setBigUint64(24, BigInt(header.entry), true)
  view.setBigUint64(40, BigInt(header.headersAt), true)
  view.setUint16(52, HEADER_SIZE, true)
  view.setUint16(54, 56, true) // size of a program header; there are none
  view.setUint16(58, SECTION_HEADER_SIZE, true)
  view.setUint16(60, header.sectionCount, true)
  view.setUint16(62, header.sectionCount - 1, true)
}

function writeDynamic(bytes: Uint8Array, entries: readonly (readonly [tag: number, value: number])[]): void {
  const view = new DataView(bytes.buffer)
  entries.forEach(([tag, value], index) => {
    view.setBigUint64(index * 16, BigInt(tag), true)
    view.setBigUint64(index * 16 + 8, BigInt(value), true)
  })
}

function symbolTable(names: readonly string[], strings: StringTable): Uint8Array {
  const bytes = new Uint8Array((names.length + 1) * SYMBOL_SIZE)
  const view = new DataView(bytes.buffer)
  names.forEach((name, index) => {
    view.setUint32((index + 1) * SYMBOL_SIZE, strings.offsetOf(name), true)
    view.setUint8((index + 1) * SYMBOL_SIZE + 4, 0x10) // global, no type, undefined
  })
  return bytes
}

function relocationTable(names: readonly string[], uses: readonly SyscallUse[]): Uint8Array {
  const bytes = new Uint8Array(uses.length * REL_SIZE)
  const view = new DataView(bytes.buffer)
  uses.forEach((use, index) => {
    view.setBigUint64(index * REL_SIZE, BigInt(HEADER_SIZE + use.offset), true)
    view.setBigUint64(index * REL_SIZE + 8, (BigInt(names.indexOf(use.name) + 1) << 32n) | BigInt(R_BPF_64_32), true)
  })
  return bytes
}

interface StringTable {
  readonly bytes: Uint8Array
  offsetOf(name: string): number
}

function stringTable(names: readonly string[]): StringTable {
  const offsets = new Map<string, number>()
  let text = '\0'
  for (const name of names) {
    offsets.set(name, text.length)
    text += `${name}\0`
  }
  return { bytes: new TextEncoder().encode(text), offsetOf: name => offsets.get(name)! }
}

function align8(value: number): number {
  return Math.ceil(value / 8) * 8
}
