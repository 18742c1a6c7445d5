import { checkInstructions } from './check-instructions.ts'
import {
  type Relocatable,
  readRelocatable,
  relocationsOf,
  SECTION_FLAG,
  SECTION_TYPE,
  type Section,
} from './relocatable.ts'
import { type SyscallUse, writeProgram } from './write-program.ts'

/** Syscalls a program of ours may use. LiteSVM accepts unknown names and fails only when they are called. */
const SYSCALLS: ReadonlySet<string> = new Set([
  'sol_invoke_signed_c',
  'sol_log_',
  'sol_log_64_',
  'sol_set_return_data',
  'sol_try_find_program_address',
])

const R_BPF_64_64 = 1
const R_BPF_64_32 = 10
/** Where the loader maps a program's bytes. */
const PROGRAM_START = 0x1_0000_0000n
const TEXT_START = 64
const ENTRYPOINT = 'entrypoint'

/**
 * Makes a program that Solana's loader takes (SBPF v0) out of one object file by Debian's clang: constants get their
 * final addresses, syscalls become dynamic relocations, and what v0 would run wrongly is refused.
 *
 * @throws RangeError that says what in the object can't be linked.
 */
export function linkProgram(object: Uint8Array, syscalls: ReadonlySet<string> = SYSCALLS): Uint8Array {
  const elf = readRelocatable(object)
  const textIndex = oneTextSection(elf)
  const text = Uint8Array.from(elf.sections[textIndex]!.bytes)
  const starts = checkInstructions(text)
  const rodata = layOutConstants(elf, align(TEXT_START + text.length, 8))
  const uses = relocateText(elf, textIndex, text, rodata.addresses, syscalls)
  for (const use of uses) if (!starts.has(use.offset)) throw new RangeError('a relocation points into an instruction')

  const entry = elf.symbols.find(symbol => symbol.name === ENTRYPOINT && symbol.section === textIndex)
  if (!entry || !starts.has(entry.value)) throw new RangeError(`the object has no function "${ENTRYPOINT}"`)
  return writeProgram({ text, rodata: rodata.bytes, entry: entry.value, syscalls: uses })
}

function oneTextSection({ sections }: Relocatable): number {
  const isLoaded = (section: Section): boolean => (section.flags & SECTION_FLAG.alloc) !== 0 && section.bytes.length > 0
  const writable = sections.find(section => isLoaded(section) && (section.flags & SECTION_FLAG.write) !== 0)
  if (writable) throw new RangeError(`writable data (${writable.name}): a program has none, use the heap`)
  const texts = sections.flatMap((section, index) =>
    isLoaded(section) && (section.flags & SECTION_FLAG.exec) !== 0 ? [index] : [],
  )
  if (texts.length !== 1) throw new RangeError(`${texts.length} code sections: expected one`)
  const relocated = sections.find(
    section =>
      (section.type === SECTION_TYPE.rela || (section.type === SECTION_TYPE.rel && section.target !== texts[0])) &&
      isLoaded(sections[section.target]!),
  )
  if (relocated) throw new RangeError(`${relocated.name}: addresses inside constants are not supported`)
  return texts[0]!
}

/** Puts all read-only sections after each other; gives their file offsets, which are their addresses, by index. */
function layOutConstants(
  { sections }: Relocatable,
  start: number,
): { bytes: Uint8Array; addresses: Map<number, number> } {
  const addresses = new Map<number, number>()
  const parts: { at: number; bytes: Uint8Array }[] = []
  let end = start
  sections.forEach((section, index) => {
    const isConstant = (section.flags & (SECTION_FLAG.alloc | SECTION_FLAG.exec)) === SECTION_FLAG.alloc
    if (!isConstant || section.type !== SECTION_TYPE.progbits) return
    if (section.alignment > 8) throw new RangeError(`${section.name}: alignment ${section.alignment} is not supported`)
    const at = align(end, section.alignment)
    addresses.set(index, at)
    parts.push({ at: at - start, bytes: section.bytes })
    end = at + section.bytes.length
  })
  const bytes = new Uint8Array(end - start)
  for (const part of parts) bytes.set(part.bytes, part.at)
  return { bytes, addresses }
}

/** Writes final addresses into `text`; gives the calls that the loader has to resolve. */
function relocateText(
  elf: Relocatable,
  textIndex: number,
  text: Uint8Array,
  addresses: ReadonlyMap<number, number>,
  syscalls: ReadonlySet<string>,
): SyscallUse[] {
  const view = new DataView(text.buffer)
  const uses: SyscallUse[] = []
  for (const section of elf.sections) {
    if (section.type !== SECTION_TYPE.rel || section.target !== textIndex) continue
    for (const { offset, type, symbol } of relocationsOf(section, elf.symbols)) {
      if (type === R_BPF_64_64) {
        const base = addresses.get(symbol.section)
        if (base === undefined)
          throw new RangeError(`.text+0x${offset.toString(16)} needs the address of ${symbol.name}`)
        const addend = view.getInt32(offset + 4, true)
        const address = PROGRAM_START + BigInt(base + symbol.value + addend)
        view.setUint32(offset + 4, Number(address & 0xffffffffn), true)
        view.setUint32(offset + 12, Number(address >> 32n), true)
      } else if (type === R_BPF_64_32 && symbol.section === 0) {
        if (!syscalls.has(symbol.name)) throw new RangeError(`"${symbol.name}" is not an allowed syscall`)
        if (view.getInt32(offset + 4, true) !== -1) throw new RangeError(`the call of ${symbol.name} has an addend`)
        uses.push({ name: symbol.name, offset })
      } else {
        throw new RangeError(`relocation type ${type} at .text+0x${offset.toString(16)} is not supported`)
      }
    }
  }
  return uses
}

function align(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment
}
