/**
 * The load generator's process: gets one plan over its channel, runs it, tells what came of it and
 * ends. It is a process of its own, so that its work never stands in the way of what is measured.
 */
import { runFullLoad } from './full_load.ts'
import { runPacedLoad } from './paced_load.ts'
import type { FromGenerator, ToGenerator } from './plan.ts'

const tell = (message: FromGenerator) => process.send?.(message)

process.once('message', async (plan: ToGenerator) => {
  const onMeasuring = () => tell({ kind: 'measuring' })
  try {
    const result =
      plan.kind === 'full'
        ? await runFullLoad(plan, onMeasuring)
        : await runPacedLoad(plan, onMeasuring)
    tell({ kind: 'done', result })
  } catch (thrown) {
    tell({ kind: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) })
  }
  process.disconnect()
})
