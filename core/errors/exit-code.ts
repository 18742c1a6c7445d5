/** 0 done; 1 failed; 2 usage; 75 try again (network); 78 bad configuration; 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 75 | 78 | 130

export interface CodeEntry {
  readonly exit: ExitCode
  readonly meaning: string
  readonly remedy: string
}

/** Keeps the keys of a code table as literal types while checking its entries. */
export function codeTable<const Table extends Record<string, CodeEntry>>(table: Table): Table {
  return table
}
