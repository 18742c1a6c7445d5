import { listOf, nearest } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import { readYaml } from '../text/read-yaml.ts'
import { SourceText, type Span } from '../text/source-text.ts'
import { describeType, entry, givenScalar, joinPath, type MapEntry, type Tree } from '../text/tree.ts'

/** One `--set name=value`, or `--param name=value`. */
export interface SettingOverride {
  readonly steps: readonly string[]
  readonly value: Tree
  readonly keySpan: Span
}

/**
 * Reads `amount=25 USDC`, `venues=[orca, jupiter]`, `grid.levels=5`.
 *
 * @param varied The names that `--param` gave.
 */
export function readSets(
  sets: readonly string[],
  findings: Findings,
  varied: readonly string[],
): readonly SettingOverride[] {
  const overrides: SettingOverride[] = []
  for (const text of sets) {
    const equals = text.indexOf('=')
    const name = (equals < 0 ? text : text.slice(0, equals)).trim()
    const flag = varied.includes(name) ? '--param' : '--set'
    const source = new SourceText(`${flag} ${name.length > 60 ? `${name.slice(0, 57)}…` : name}`, text)
    const keySpan = source.span(0, equals < 0 ? text.length : equals)
    const steps = name.replace(/\[(\d+)\]/g, '.$1').split('.')
    if (equals < 0 || !steps.every(step => /^[\w$-]+$/.test(step) && step !== '__proto__')) {
      const message = equals < 0 ? `"${name}" has no value` : `"${name}" is not the name of a setting`
      findings.add(keySpan, {
        code: 'CONFIG_SET_INVALID',
        path: '',
        message,
        hint: `write ${flag} name=value, as in ${flag} amount="25 USDC"`,
      })
      continue
    }
    const raw = text.slice(equals + 1)
    const value = /^\s*[[{]/.test(raw)
      ? readYaml(source, findings, ' '.repeat(equals + 1) + raw)
      : givenScalar(raw, source.span(equals + 1, text.length))
    if (value) overrides.push({ steps, value, keySpan })
  }
  return overrides
}

/** The settings with the overrides put in, each at its own place. */
export function applySets(
  settings: Tree | undefined,
  overrides: readonly SettingOverride[],
  findings: Findings,
): Tree | undefined {
  let result = settings
  for (const override of overrides) {
    if (result?.type === 'unknown') return result
    result = put(result, override.steps, override, 'settings', findings)
  }
  return result
}

function put(
  tree: Tree | undefined,
  steps: readonly string[],
  override: SettingOverride,
  path: string,
  findings: Findings,
): Tree {
  const [step, ...rest] = steps
  if (step === undefined) return override.value
  const at = tree ?? { type: 'map' as const, entries: [], span: override.keySpan }
  const inner = joinPath(path, step)
  if (at.type === 'map') {
    const before = entry(at, step)
    const value = put(before?.value, rest, override, inner, findings)
    const added: MapEntry = { key: step, keySpan: override.keySpan, value }
    const entries = before ? at.entries.map(one => (one === before ? added : one)) : [...at.entries, added]
    return { ...at, entries }
  }
  if (at.type === 'list' && /^\d+$/.test(step) && Number(step) < at.items.length) {
    return {
      ...at,
      items: at.items.map((item, index) =>
        index === Number(step) ? put(item, rest, override, inner, findings) : item,
      ),
    }
  }
  const message =
    at.type === 'list'
      ? `${path} has ${at.items.length} items and no "${step}"`
      : `${path} is ${describeType(at)} and has no "${step}"`
  findings.add(override.keySpan, { code: 'CONFIG_SET_UNKNOWN', path: inner, message })
  return at
}

/** Names that `--param` gave, and those of the params there are. */
export interface Varied {
  readonly names: readonly string[]
  readonly params: readonly string[]
}

/**
 * Tells of what `--param` named where params are missing: without them nobody knows which settings are read, and a
 * mistyped name may be why one is missing.
 */
export function reportUnknownVaried(overrides: readonly SettingOverride[], varied: Varied, findings: Findings): void {
  for (const { steps, keySpan } of overrides) {
    const name = steps.join('.')
    if (!varied.names.includes(name)) continue
    const path = joinPath('params', name)
    const message = `this pipeline has no param "${name}"`
    const meant = nearest(name, varied.params)
    if (meant !== undefined)
      findings.add(keySpan, { code: 'CONFIG_PARAM_UNKNOWN', path, message, hint: `did you mean "${meant}"?` })
    else {
      const hint = `its params: ${listOf(varied.params)}; whether it is a setting is known when they are given`
      findings.add(keySpan, { code: 'CONFIG_PARAM_UNKNOWN', severity: 'warning', path, message, hint })
    }
  }
}

/** Tells of overrides that nothing read. Those inside what a node takes as a whole are told by its schema. */
export function reportUnreadSets(
  overrides: readonly SettingOverride[],
  read: ReadonlySet<string>,
  varied: Varied,
  findings: Findings,
): void {
  const paths = [...read]
  for (const { steps, keySpan } of overrides) {
    const name = steps.join('.')
    if (paths.some(path => path === '' || path === name || name.startsWith(`${path}.`) || path.startsWith(`${name}.`)))
      continue
    const isVaried = varied.names.includes(name)
    const meant = nearest(name, isVaried ? [...varied.params, ...paths] : paths)
    const hint = meant
      ? `did you mean "${meant}"?`
      : paths.length > 0
        ? `settings that are read: ${listOf(paths.toSorted())}`
        : 'no node reads settings'
    const message = `${isVaried ? `this pipeline has no param "${name}", and ` : ''}no node reads the setting "${name}"`
    findings.add(keySpan, { code: 'CONFIG_SET_UNKNOWN', path: joinPath('settings', ...steps), message, hint })
  }
}
