import { type TString, type TStringOptions, Type } from 'typebox'
import { DURATION_PATTERN } from '../time/duration.ts'

/**
 * The texts a user writes in a configuration, as JSON Schema with a `format` that the config layer checks against the
 * cluster: an unknown token or a missing unit is a diagnostic with its place, before anything runs. The plugin parses
 * them with the same functions (`parseAmount`, `parseDuration`, …).
 */
export const Field = {
  /** `10 USDC` */
  amount: (options: TStringOptions = {}): TString => Type.String({ format: 'amount', ...options }),
  /** `10 USDC`, or a share of what the wallet holds, as in `50%`. */
  size: (options: TStringOptions = {}): TString => Type.String({ format: 'size', ...options }),
  /** `price(SOL/USDC) < 140 && change(SOL/USDC, 1h) < -3%` */
  condition: (options: TStringOptions = {}): TString => Type.String({ format: 'condition', ...options }),
  /** `SOL`, or a mint address. */
  token: (options: TStringOptions = {}): TString => Type.String({ format: 'token', ...options }),
  /** `SOL/USDC` */
  pair: (options: TStringOptions = {}): TString => Type.String({ format: 'pair', ...options }),
  /** `140.25`; a number is taken too. */
  price: (options: TStringOptions = {}): TString => Type.String({ format: 'price', ...options }),
  /** `30s`, `1h30m` */
  duration: (options: TStringOptions = {}): TString =>
    Type.String({ format: 'duration', pattern: DURATION_PATTERN, ...options }),
  /** ISO 8601 with a zone, as in `2026-01-31T12:00:00Z`. */
  time: (options: TStringOptions = {}): TString => Type.String({ format: 'time', ...options }),
  /** Five fields, UTC, as in `0 * * * *`. */
  cron: (options: TStringOptions = {}): TString => Type.String({ format: 'cron', ...options }),
  /** A file, relative to the working directory. */
  path: (options: TStringOptions = {}): TString => Type.String({ format: 'path', ...options }),
}
