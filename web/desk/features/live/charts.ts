/* The parts of ECharts that the live screen uses, and a chart that follows the size of its element. */
import { onBeforeUnmount, onMounted, type Ref, shallowRef } from 'vue'
import { BarChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, registerMap, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([BarChart, ScatterChart, AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

export { registerMap }

export const FONT = "'Noto Sans SC','Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"

export function useChart(element: Ref<HTMLElement | null>, made: (chart: ECharts) => void) {
  const chart = shallowRef<ECharts | null>(null)
  let observer: ResizeObserver | undefined
  onMounted(() => {
    if (!element.value) return
    chart.value = init(element.value)
    observer = new ResizeObserver(() => chart.value?.resize())
    observer.observe(element.value)
    made(chart.value)
  })
  onBeforeUnmount(() => {
    observer?.disconnect()
    chart.value?.dispose()
  })
  return chart
}

/* ECharts puts tooltips into the page as markup: names from the data must not become markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}

/* Colour between two, for shares 0-1. */
export function mix(a: string, b: string, share: number): string {
  const parts = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))
  const [x, y] = [parts(a), parts(b)]
  return `rgb(${x.map((v, i) => Math.round(v + ((y[i] ?? v) - v) * share)).join(',')})`
}
