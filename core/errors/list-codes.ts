import { ERROR_CODES } from './codes.ts'

/** The page about error codes, made from the catalogue itself. */
export function errorCodesPage(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { exit, meaning, remedy }]) => `| \`${code}\` | ${exit} | ${meaning} | ${remedy.replaceAll('|', '\\|')} |`,
  )
  return [
    '# Error codes',
    '',
    'Made by `npm run emit` from `codes/`. Exit codes: 0 done; 1 failed; 2 usage; 75 try again (network); 78 bad',
    'configuration; 130 interrupted. An error often has a nearer remedy than the one here.',
    '',
    '| code | exit | what it means | what to do |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
