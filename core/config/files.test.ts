import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { diskFiles, whyUnreadable } from './files.ts'

const folder = mkdtempSync(join(tmpdir(), 'forge-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the files on disk', () => {
  it('are read as texts', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'a: 1\n')
    expect(await diskFiles.exists(join(folder, 'a.yaml'))).toBe(true)
    expect(await diskFiles.readText(join(folder, 'a.yaml'))).toBe('a: 1\n')
  })

  it('are not folders, and not below files', async () => {
    expect(await diskFiles.exists(folder)).toBe(false)
    await expect(diskFiles.readText(folder)).rejects.toThrow('it is not a file')
    expect(await diskFiles.exists(join(folder, 'a.yaml', 'b'))).toBe(false)
  })

  it('that are not there say so in a sentence', async () => {
    const thrown = await diskFiles.readText(join(folder, 'none.yaml')).catch((error: unknown) => error)
    expect(whyUnreadable(thrown)).toBe('there is no such file')
  })
})
