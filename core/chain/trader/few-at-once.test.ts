import { expect, it } from 'vitest'
import { FewAtOnce } from './few-at-once.ts'

it('runs so many at once, the others in order as each ends, also when it fails', async () => {
  const few = new FewAtOnce(2)
  const begun: number[] = []
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<number>())
  const all = ends.map(({ promise }, index) =>
    few
      .run(() => {
        begun.push(index)
        return promise
      })
      .catch((thrown: Error) => thrown.message),
  )
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  await turn()
  expect(begun).toEqual([0, 1])
  ends[1]!.reject(new Error('failed'))
  await turn()
  expect(begun).toEqual([0, 1, 2])
  for (const index of [0, 2, 3, 4]) ends[index]!.resolve(index)
  expect(await Promise.all(all)).toEqual([0, 'failed', 2, 3, 4])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(await few.run(async () => 'free again')).toBe('free again')
})
