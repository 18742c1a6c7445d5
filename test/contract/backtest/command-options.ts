import { type BacktestRequest, USUAL_POOL } from '../../../core/app/backtest/backtest-request.ts'
import type { BacktestCommand } from '../../../core/app/commands/backtest.ts'
import { emptyEnvironment } from '../../empty-environment.ts'

const request: Omit<BacktestRequest, 'file' | 'data'> = {
  params: {},
  set: [],
  cluster: 'localnet',
  rules: {},
  pair: undefined,
  fill: USUAL_POOL,
  capital: [],
  feeSol: '1',
  seed: '1',
}

/** The command as somebody gives it who writes nothing but a pipeline and data. */
export function command(
  directory: string,
  more: Partial<BacktestRequest> & Pick<BacktestRequest, 'file' | 'data'>,
): BacktestCommand {
  return {
    request: { ...request, ...more },
    out: undefined,
    environment: emptyEnvironment(directory),
    output: { line: () => {}, status: () => {} },
    logLevel: 'silent',
    writeLog: () => {},
    signal: new AbortController().signal,
  }
}
