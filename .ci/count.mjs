/** Adds up vitest's JSON reports and prints `N passed, N failed, N skipped`. */
import { readFileSync } from 'node:fs'

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    sum.passed += report.numPassedTests
    sum.skipped += report.numPendingTests + report.numTodoTests
    // A file that did not load, or whose preparation failed, has no failed test, and still did not pass.
    const isSilent = file => file.status === 'failed' && file.assertionResults.every(test => test.status !== 'failed')
    sum.failed += report.numFailedTests + report.testResults.filter(isSilent).length
  } catch (error) {
    sum.failed += 1
    process.stdout.write(`no report in ${file}: ${error.message}\n`)
  }
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0
