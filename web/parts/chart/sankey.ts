/** Flows from column to column; registered when a chart of this kind is first shown. */
import { SankeyChart } from 'echarts/charts'
import { use } from 'echarts/core'

use([SankeyChart])
