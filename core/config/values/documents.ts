import { dirname, isAbsolute, join, normalize } from 'node:path'
import { type ConfigFiles, whyUnreadable } from '../files.ts'
import { type LocatedDocument, readDocument } from '../text/read-document.ts'

export interface FoundDocument {
  readonly document?: LocatedDocument
  /** The paths looked at, in order. */
  readonly tried: readonly string[]
  /** Why there is none. */
  readonly why: string
}

/** Reads every file once, however many nodes and alternatives name it. */
export class Documents {
  readonly #files: ConfigFiles
  readonly #roots: readonly string[]
  readonly #read = new Map<string, Promise<LocatedDocument | { readonly why: string }>>()

  constructor(files: ConfigFiles, settingsRoots: readonly string[]) {
    this.#files = files
    this.#roots = settingsRoots
  }

  /** The file of exactly this path. */
  async at(path: string): Promise<FoundDocument> {
    let reading = this.#read.get(path)
    if (!reading) {
      reading = this.#readOnce(path)
      this.#read.set(path, reading)
    }
    const result = await reading
    return 'why' in result ? { tried: [path], why: result.why } : { document: result, tried: [path], why: '' }
  }

  /** A file named in another: relative to it. */
  beside(path: string, fromFile: string): string {
    return isAbsolute(path) ? path : normalize(join(dirname(fromFile), path))
  }

  /**
   * A settings file: one that was given by a flag is looked up as given, one that is written in a file relative to
   * that file; then both below each root.
   */
  async find(path: string, fromFile: string, how: 'given' | 'written'): Promise<FoundDocument> {
    const first = how === 'given' ? path : this.beside(path, fromFile)
    const rooted = isAbsolute(path) ? [] : this.#roots.map(root => join(root, path))
    const tried: string[] = []
    for (const candidate of [first, ...rooted]) {
      if (tried.includes(candidate)) continue
      tried.push(candidate)
      if (await this.#files.exists(candidate)) return this.at(candidate)
    }
    // What stands there may be no file.
    const { why } = await this.at(first)
    return { tried, why }
  }

  async #readOnce(path: string): Promise<LocatedDocument | { readonly why: string }> {
    try {
      return readDocument(path, await this.#files.readText(path))
    } catch (thrown) {
      return { why: whyUnreadable(thrown) }
    }
  }
}
