/** The engine on Spark, loaded where the setting asks for it: nobody else needs its packages. */
import { ClickpathError } from '../../std/errors.ts'

const PACKAGES = '@bufbuild/protobuf@2 @connectrpc/connect@2 @connectrpc/connect-node@2'
const ARROW = 'apache-arrow@21'

/** Throws `USAGE` where a package is missing, and says how to get it. */
export async function loadSparkEngine(): Promise<typeof import('./spark_engine.ts')> {
  try {
    return await import('./spark_engine.ts')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw thrown
    const why = 'sc:// needs packages that are not installed'
    throw new ClickpathError('USAGE', `${why}: npm install ${PACKAGES} ${ARROW}`)
  }
}
