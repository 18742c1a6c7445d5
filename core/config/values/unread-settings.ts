import { nearest } from '../../errors/suggest.ts'
import type { Findings } from '../findings.ts'
import { joinPath, type Tree } from '../text/tree.ts'

/**
 * Warns of settings that no node reads: in a settings file, a mistyped name would otherwise just be silent. What a node
 * takes as a whole is checked by its schema.
 */
export function reportUnreadSettings(settings: Tree | undefined, read: ReadonlySet<string>, findings: Findings): void {
  walk(settings, [], [...read], findings)
}

function walk(tree: Tree | undefined, steps: readonly string[], read: readonly string[], findings: Findings): void {
  if (tree?.type !== 'map') return
  for (const { key, keySpan, value } of tree.entries) {
    const inner = [...steps, key]
    const name = inner.join('.')
    if (read.some(path => path === '' || path === name || name.startsWith(`${path}.`))) continue
    if (read.some(path => path.startsWith(`${name}.`))) {
      walk(value, inner, read, findings)
      continue
    }
    const meant = nearest(name, read)
    const hint = meant === undefined ? 'take it out, or refer to it' : `did you mean "${meant}"?`
    const message = `no node reads the setting "${name}"`
    const path = joinPath('settings', ...inner)
    findings.add(keySpan, { code: 'CONFIG_SETTING_UNREAD', severity: 'warning', path, message, hint })
  }
}
