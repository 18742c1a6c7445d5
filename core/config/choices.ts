import { Checker } from './check/checker.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ConfigFiles } from './files.ts'
import { Findings } from './findings.ts'
import { openPipeline } from './pipeline.ts'
import { field, type Tree, textOf } from './text/tree.ts'
import { Documents } from './values/documents.ts'
import { declareParams } from './values/params.ts'
import { splitReferences } from './values/references.ts'

/** One value of a param that chooses a fragment, with what the fragment says it does. */
export interface Choice {
  /** As in `type`. */
  readonly param: string
  /** As in `dca`. */
  readonly value: string
  readonly summary: string
}

/** The params that stand in the name of a fragment, as in `$nodes: strategies/${params.type}.yaml`. */
export function choosingParams(tree: Tree | undefined): readonly string[] {
  const names = fragmentNames(tree).flatMap(name =>
    splitReferences(name).flatMap(part =>
      part.type === 'reference' && part.reference.scope === 'params' ? (part.reference.steps[0] ?? []) : [],
    ),
  )
  return [...new Set(names)]
}

/** What the params of a pipeline choose from, in the order of their enums. */
export async function readChoices(
  file: string,
  files: ConfigFiles,
): Promise<{ readonly choices: readonly Choice[]; readonly diagnostics: readonly Diagnostic[] }> {
  const findings = new Findings()
  const checker = Checker.for(undefined)
  const documents = new Documents(files, [])
  const { tree } = (await openPipeline(file, documents, checker, findings)) ?? {}
  const params = declareParams(field(tree, 'params'), checker, findings)
  const choices: Choice[] = []
  for (const name of fragmentNames(tree)) {
    const [param, ...others] = params.filter(each => name.includes(`\${params.${each.name}}`))
    if (!param || others.length > 0) continue
    for (const value of param.values.flatMap(each => textOf(each) ?? [])) {
      const path = documents.beside(name.replaceAll(`\${params.${param.name}}`, value), file)
      const { document, why } = await documents.at(path)
      if (document) findings.addAll(document.diagnostics)
      const summary = textOf(field(document?.tree, 'summary')) ?? (document ? '' : `can not be read: ${why}`)
      choices.push({ param: param.name, value, summary })
    }
  }
  return { choices, diagnostics: findings.sorted() }
}

function fragmentNames(tree: Tree | undefined): readonly string[] {
  const nodes = field(tree, 'nodes')
  return nodes?.type === 'map' ? nodes.entries.flatMap(({ value }) => textOf(field(value, '$nodes')) ?? []) : []
}
