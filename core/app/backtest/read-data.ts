import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { samePair } from '../../backtest/traded-pairs.ts'
import type { CandleRules } from '../../candles/candle-check.ts'
import { candleFiles } from '../../candles/candle-files.ts'
import { type CandleTable, readCandles } from '../../candles/read-candles.ts'
import { ForgeError, isForgeError } from '../../errors/forge-error.ts'
import { type Pair, pairName, sameToken, type Token, type TokenDirectory } from '../../money/token.ts'

/** Candles, and what they are of; undefined where only the pipeline can say. */
export interface PairTable {
  readonly pair: Pair | undefined
  readonly table: CandleTable
}

/** `SOL/USDC=candles.csv` */
const OF_PAIR = /^([\w$.-]+\/[\w$.-]+)=(.+)$/s
/** `SOL-USDC.csv`, `sol_usdc-5m-2024.parquet` */
const NAMED_BY_PAIR = /^([a-z0-9]+)[-_]([a-z0-9]+)(?:[-_.].*)?$/i

/**
 * Reads what `--data` names: a file or a folder of one pair; with `BASE/QUOTE=` before it several, each of its own pair;
 * or a folder whose files are named by several pairs.
 *
 * @throws CANDLES_INVALID; FLAG_INVALID, TOKEN_UNKNOWN
 */
export async function readData(
  texts: readonly string[],
  rules: CandleRules,
  tokens: TokenDirectory,
): Promise<readonly [PairTable, ...PairTable[]]> {
  const sources = texts.map(text => {
    const [, pair, path = text] = OF_PAIR.exec(text) ?? []
    return { pair: pair === undefined ? undefined : pairNamed(pair, '--data', tokens), path }
  })
  const unnamed = sources.find(({ pair }) => !pair)
  if (sources.length > 1 && unnamed) {
    throw new ForgeError('FLAG_INVALID', {
      message: `--data ${unnamed.path} does not say what pair it is of`,
      remedy: `With several --data each names its pair, as in --data SOL/USDC=${unnamed.path}.`,
    })
  }
  const found = sources.length === 1 && unnamed ? await pairsInFolder(unnamed.path, tokens) : []
  const tables: PairTable[] = []
  for (const { pair, path } of found.length > 0 ? found : sources) {
    const twice = pair && tables.find(one => one.pair && samePair(one.pair, pair))
    if (pair && twice) {
      throw new ForgeError('FLAG_INVALID', {
        message: `there are two data of ${pairName(pair)}: ${twice.table.name} and ${basename(path)}`,
        remedy: 'Give one file or folder for each pair.',
      })
    }
    tables.push({ pair, table: await readCandles(path, rules) })
  }
  const [first, ...more] = tables
  if (!first) throw new ForgeError('FLAG_MISSING', { message: '--data must be given' })
  return [first, ...more]
}

/** The pair of a text, as in `SOL/USDC`. @throws FLAG_INVALID, TOKEN_UNKNOWN */
export function pairNamed(text: string, flag: string, tokens: TokenDirectory): Pair {
  const [base, quote, ...more] = text.split('/').map(symbol => tokens.find(symbol.trim()))
  if (base && quote && more.length === 0 && !sameToken(base, quote)) return { base, quote }
  throw new ForgeError('FLAG_INVALID', { message: `${flag} can not be "${text}"`, remedy: 'As in SOL/USDC.' })
}

/** The files of a folder with their pairs, where all are named by pairs and by more than one; else nothing. */
async function pairsInFolder(path: string, tokens: TokenDirectory): Promise<readonly { pair: Pair; path: string }[]> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  const files = (await candleFiles(path)).map(file => ({ path: file, pair: pairOfName(basename(file), tokens) }))
  const named = files.flatMap(({ pair, path: file }) => (pair ? [{ pair, path: file }] : []))
  const isOfSeveral = new Set(named.map(({ pair }) => pairName(pair))).size > 1
  if (!isOfSeveral) return []
  const other = files.find(({ pair }) => !pair)
  if (other) {
    throw new ForgeError('CANDLES_INVALID', {
      message: `${other.path}: the other files of the folder are named by their pairs, and this one is not`,
      remedy: 'Name it as in SOL-USDC.csv, or give each file with --data BASE/QUOTE=FILE.',
    })
  }
  return named
}

function pairOfName(name: string, tokens: TokenDirectory): Pair | undefined {
  const [, base, quote] = NAMED_BY_PAIR.exec(name) ?? []
  const [of, by] = [base, quote].map(symbol => symbol && known(symbol, tokens))
  return of && by && !sameToken(of, by) ? { base: of, quote: by } : undefined
}

function known(symbol: string, tokens: TokenDirectory): Token | undefined {
  try {
    return tokens.find(symbol)
  } catch (thrown) {
    if (isForgeError(thrown, 'TOKEN_UNKNOWN')) return undefined
    throw thrown
  }
}
