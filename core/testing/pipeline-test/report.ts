import { type Diagnostic, diagnosticsToJson, formatDiagnostic, hasErrors } from '../../config/diagnostic.ts'

/** Something that is not as a test expects. */
export interface TestFailure {
  /** Where the test says so: `file:line:column`. */
  readonly place: string
  /** What it is about, as in `plan, event 2`. */
  readonly subject: string
  /** `- expected` and `+ actual` lines. */
  readonly lines: readonly string[]
}

export interface TestOutcome {
  readonly name: string
  readonly place: string
  readonly ok: boolean
  readonly failures: readonly TestFailure[]
}

/** What came of a test file. */
export interface TestReport {
  readonly file: string
  readonly pipeline: string
  readonly ok: boolean
  /** What is wrong with the test file, or with the pipeline under its params. */
  readonly diagnostics: readonly Diagnostic[]
  readonly tests: readonly TestOutcome[]
}

/** For people: each file with its tests, and the lines that differ below those that failed. */
export function formatTestReports(reports: readonly TestReport[]): string {
  const lines = reports.flatMap(({ file, tests, diagnostics }) => [
    file,
    ...diagnostics.flatMap(diagnostic => ['', formatDiagnostic(diagnostic), '']),
    ...tests.flatMap(test => [
      `  ${test.ok ? '✓' : '✗'} ${test.name}`,
      ...test.failures.flatMap(({ place, subject, lines }) => [
        `      ${place}: ${subject}`,
        ...lines.map(line => `        ${line}`),
      ]),
    ]),
  ])
  const tests = reports.flatMap(report => report.tests)
  const failed = tests.filter(test => !test.ok).length
  const broken = reports.filter(report => hasErrors(report.diagnostics)).length
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
  return [
    ...lines,
    '',
    `${counted(tests.length, 'test')}: ${tests.length - failed} passed, ${failed} failed${broken > 0 ? `; ${counted(broken, 'file')} with errors` : ''}.`,
  ].join('\n')
}

/** For programs: one document. */
export function testReportsToJson(reports: readonly TestReport[]): object {
  return {
    document: 'test',
    version: 1,
    ok: reports.every(report => report.ok),
    files: reports.map(report => ({ ...report, diagnostics: diagnosticsToJson(report.diagnostics) })),
  }
}
