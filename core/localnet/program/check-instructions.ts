const INSTRUCTION_SIZE = 8
const LDDW = 0x18
const CALL = 0x85
const EXIT = 0x95

const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu32: 4, jmp: 5, jmp32: 6, alu64: 7 } as const
const MODE_MEM = 0x60
/** Signed division and modulo came with a later SBPF; v0 takes none of them. */
const JMP_OPERATIONS_MAX = 0xd0

/**
 * Refuses machine code that SBPF v0 runs wrongly or not at all: 32-bit arithmetic and jumps (v0 sign-extends their
 * results, silently), atomics, legacy packet loads, indirect calls, and a division by the constant zero.
 *
 * @returns the byte offset of every instruction, for checks on relocations and on the entry point.
 * @throws RangeError with the offset of the first instruction that is refused.
 */
export function checkInstructions(text: Uint8Array): Set<number> {
  if (text.length === 0 || text.length % INSTRUCTION_SIZE !== 0) throw new RangeError('.text is not whole instructions')
  const starts = new Set<number>()
  for (let offset = 0; offset < text.length; offset += INSTRUCTION_SIZE) {
    const opcode = text[offset]!
    const refuse = (what: string): never => {
      throw new RangeError(`.text+0x${offset.toString(16)}: ${what} (opcode 0x${opcode.toString(16)})`)
    }
    starts.add(offset)
    switch (opcode & 7) {
      case CLASS.alu32:
        refuse('32-bit arithmetic; compile with -mcpu=v2')
        break
      case CLASS.jmp32:
        refuse('32-bit jump; compile with -mcpu=v2')
        break
      case CLASS.ld:
        if (opcode !== LDDW) refuse('legacy packet load')
        offset += INSTRUCTION_SIZE
        if (offset >= text.length) refuse('lddw without its second half')
        break
      case CLASS.ldx:
      case CLASS.st:
      case CLASS.stx:
        if ((opcode & 0xe0) !== MODE_MEM) refuse('atomic or sign-extending memory access')
        break
      case CLASS.jmp:
        if (opcode !== CALL && opcode !== EXIT && (opcode & 0xf0) > JMP_OPERATIONS_MAX) refuse('unknown jump')
        if (opcode === 0x8d) refuse('indirect call')
        break
      case CLASS.alu64:
        if ((opcode & 0xf0) > JMP_OPERATIONS_MAX) refuse('unknown arithmetic')
        break
    }
  }
  const last = text[text.length - INSTRUCTION_SIZE]
  if (last !== EXIT && last !== 0x05) throw new RangeError('.text runs off its end')
  return starts
}
