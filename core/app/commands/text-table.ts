/** Rows under a header, columns padded to their widest cell; `right` names the columns of figures. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => (row[column] ?? '').length)))
  const lineOf = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        right.includes(header[column]!) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()
  return [header, ...rows].map(lineOf).join('\n')
}
