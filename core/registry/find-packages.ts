import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { ForgeError, messageOf } from '../errors/forge-error.ts'
import type { PluginProblem } from './registry.ts'

/** An installed package that says it brings plugins. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  /** Absolute paths of its definition files. */
  readonly files: readonly string[]
}

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly sniperforge?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * The plugin packages of a project: those that the nearest `package.json` at or above `fromDir` depends on, and whose
 * own `package.json` has
 *
 *     "sniperforge": { "plugins": ["./dist/index.js"] }
 *
 * A package that only a dependency depends on is not looked at: nobody asked for it. Nothing is imported here.
 */
export function findPackages(fromDir: string): { packages: PluginPackage[]; problems: PluginProblem[] } {
  const packages: PluginPackage[] = []
  const problems: PluginProblem[] = []
  const attempt = (path: string, work: () => void): void => {
    try {
      work()
    } catch (thrown) {
      problems.push({ path, error: thrown instanceof ForgeError ? thrown : unreadable(path, thrown) })
    }
  }
  const project = upwards(fromDir, 'package.json')
  if (project === undefined) return { packages, problems }
  attempt(project, () => {
    const manifest = readManifest(project)
    const names = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies].flatMap(list =>
      Object.keys(list ?? {}),
    )
    for (const name of [...new Set(names)].sort()) {
      const path = upwards(dirname(project), join('node_modules', name, 'package.json'))
      // Not installed: npm's business, and a pipeline that needs it says so.
      if (path === undefined) continue
      attempt(path, () => {
        const found = pluginPackage(name, path)
        if (found) packages.push(found)
      })
    }
  })
  return { packages, problems }
}

/**
 * The plugin package of that name, as Node would find it from the folder.
 *
 * @throws PLUGIN_NOT_LOADED when it is not installed; PLUGIN_INVALID when it brings no plugins.
 */
export function packageNamed(name: string, fromDir: string): PluginPackage {
  const path = upwards(fromDir, join('node_modules', name, 'package.json'))
  if (path === undefined) {
    throw new ForgeError('PLUGIN_NOT_LOADED', {
      message: `the package ${name} is not installed`,
      remedy: `Run \`npm install ${name}\`; a plugin file is written with its path, as in "./${name}.ts".`,
      context: { package: name },
    })
  }
  const found = pluginPackage(name, path)
  if (found) return found
  throw new ForgeError('PLUGIN_INVALID', {
    message: `the package ${name} brings no plugins`,
    remedy: 'A plugin package has "sniperforge": { "plugins": ["./dist/index.js"] } in its package.json.',
    context: { file: path },
  })
}

function pluginPackage(name: string, path: string): PluginPackage | undefined {
  const manifest = readManifest(path)
  if (manifest.sniperforge === undefined) return undefined
  const listed = (manifest.sniperforge as { plugins?: unknown } | null)?.plugins
  if (!Array.isArray(listed) || listed.length === 0 || !listed.every(file => typeof file === 'string')) {
    throw new ForgeError('PLUGIN_INVALID', {
      message: `"sniperforge" in ${path} has no list of plugin files`,
      remedy: 'Write it as "sniperforge": { "plugins": ["./dist/index.js"] }.',
      context: { file: path },
    })
  }
  const folder = dirname(path)
  return { name, version: manifest.version ?? '0.0.0', files: listed.map(file => inside(folder, file, path)) }
}

/** A package names files of its own only. */
function inside(folder: string, file: string, manifest: string): string {
  const path = resolve(folder, file)
  const way = relative(folder, path)
  if (way.startsWith('..') || isAbsolute(way)) {
    throw new ForgeError('PLUGIN_INVALID', {
      message: `"sniperforge" in ${manifest} names ${file}, which is outside of the package`,
      context: { file: manifest },
    })
  }
  return path
}

function readManifest(path: string): Manifest {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (typeof manifest !== 'object' || manifest === null) throw new TypeError('it is not an object')
  return manifest
}

/** The first `name` at or above the folder. */
function upwards(fromDir: string, name: string): string | undefined {
  for (let folder = resolve(fromDir); ; folder = dirname(folder)) {
    const path = join(folder, name)
    if (existsSync(path)) return path
    if (dirname(folder) === folder) return undefined
  }
}

function unreadable(path: string, cause: unknown): ForgeError {
  return new ForgeError('PLUGIN_NOT_LOADED', {
    message: `${path} can not be read: ${messageOf(cause)}`,
    remedy: 'Install the package again.',
    context: { file: path },
    cause,
  })
}
