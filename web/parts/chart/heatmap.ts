/** Cells coloured by a number; registered when a chart of this kind is first shown. */
import { HeatmapChart } from 'echarts/charts'
import { VisualMapComponent } from 'echarts/components'
import { use } from 'echarts/core'

use([HeatmapChart, VisualMapComponent])
