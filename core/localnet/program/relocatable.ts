/** The parts of clang's relocatable ELF (`-target bpf -c`) that linking needs. Layout: ELF-64, little-endian. */
export interface Relocatable {
  readonly sections: readonly Section[]
  readonly symbols: readonly ElfSymbol[]
}

export interface Section {
  readonly name: string
  readonly type: number
  readonly flags: number
  readonly alignment: number
  readonly bytes: Uint8Array
  /** Of a relocation section: the index of the section it changes. */
  readonly target: number
}

export interface ElfSymbol {
  readonly name: string
  readonly value: number
  /** Index of the defining section; 0 when the symbol is undefined here. */
  readonly section: number
}

export interface Relocation {
  readonly offset: number
  readonly type: number
  readonly symbol: ElfSymbol
}

export const SECTION_TYPE = {
  progbits: 1,
  symtab: 2,
  strtab: 3,
  rela: 4,
  dynamic: 6,
  nobits: 8,
  rel: 9,
  dynsym: 11,
} as const
export const SECTION_FLAG = { write: 1, alloc: 2, exec: 4 } as const

const ET_REL = 1
const EM_BPF = 247
const HEADER_SIZE = 64
const SECTION_HEADER_SIZE = 64
const SYMBOL_SIZE = 24
const REL_SIZE = 16

/** @throws RangeError when the bytes are not a relocatable BPF object. */
export function readRelocatable(object: Uint8Array): Relocatable {
  const view = viewOf(object)
  if (object.length < HEADER_SIZE || view.getUint32(0, false) !== 0x7f454c46) throw new RangeError('not an ELF file')
  if (view.getUint16(16, true) !== ET_REL || view.getUint16(18, true) !== EM_BPF) {
    throw new RangeError('not a relocatable BPF object: compile with -target bpf -c')
  }
  const start = Number(view.getBigUint64(40, true))
  const count = view.getUint16(60, true)
  const nameIndex = view.getUint16(62, true)
  const raw = Array.from({ length: count }, (_, index) => {
    const at = start + index * SECTION_HEADER_SIZE
    const type = view.getUint32(at + 4, true)
    const offset = Number(view.getBigUint64(at + 24, true))
    const size = Number(view.getBigUint64(at + 32, true))
    return {
      nameAt: view.getUint32(at, true),
      type,
      flags: Number(view.getBigUint64(at + 8, true)),
      alignment: Math.max(1, Number(view.getBigUint64(at + 48, true))),
      bytes: type === SECTION_TYPE.nobits ? new Uint8Array(size) : object.subarray(offset, offset + size),
      link: view.getUint32(at + 40, true),
      target: view.getUint32(at + 44, true),
    }
  })
  const names = raw[nameIndex]?.bytes ?? new Uint8Array()
  const sections = raw.map(section => ({ ...section, name: textAt(names, section.nameAt) }))
  const symtab = sections.find(section => section.type === SECTION_TYPE.symtab)
  const symbols = symtab ? readSymbols(symtab.bytes, sections[symtab.link]?.bytes ?? new Uint8Array()) : []
  return { sections, symbols }
}

/** The entries of a SHT_REL section. @throws RangeError for an entry without a symbol. */
export function relocationsOf(section: Section, symbols: readonly ElfSymbol[]): Relocation[] {
  const view = viewOf(section.bytes)
  return Array.from({ length: section.bytes.length / REL_SIZE }, (_, index) => {
    const info = view.getBigUint64(index * REL_SIZE + 8, true)
    const symbol = symbols[Number(info >> 32n)]
    if (!symbol) throw new RangeError(`${section.name}: relocation ${index} names no symbol`)
    return { offset: Number(view.getBigUint64(index * REL_SIZE, true)), type: Number(info & 0xffffffffn), symbol }
  })
}

function readSymbols(table: Uint8Array, names: Uint8Array): ElfSymbol[] {
  const view = viewOf(table)
  return Array.from({ length: table.length / SYMBOL_SIZE }, (_, index) => {
    const at = index * SYMBOL_SIZE
    return {
      name: textAt(names, view.getUint32(at, true)),
      section: view.getUint16(at + 6, true),
      value: Number(view.getBigUint64(at + 8, true)),
    }
  })
}

function textAt(bytes: Uint8Array, start: number): string {
  const end = bytes.indexOf(0, start)
  return new TextDecoder().decode(bytes.subarray(start, end < 0 ? bytes.length : end))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
