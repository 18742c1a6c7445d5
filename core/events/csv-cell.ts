/** What a cell of a CSV may hold; nothing is an empty cell. */
export type Cell = string | number | bigint | undefined

/** A cell as RFC 4180 has it. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvCell(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell)
  // A number is left alone.
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
